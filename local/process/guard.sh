#!/bin/sh
# Ends the listed process groups when the process that started this guard has ended, however it ended.
# Reads "+PID" and "-PID" lines; at the end of input every group still on the list gets SIGTERM
# and, five seconds later, SIGKILL.
groups=" "
while read -r line; do
  pid=${line#?}
  case $line in
    +*) groups="$groups$pid " ;;
    -*) groups=$(printf '%s' "$groups" | sed "s/ $pid / /") ;;
  esac
done
[ "$groups" = " " ] && exit 0
for pid in $groups; do kill -TERM "-$pid" 2>/dev/null; done
tries=50
while [ $tries -gt 0 ]; do
  alive=
  for pid in $groups; do kill -0 "-$pid" 2>/dev/null && alive=yes; done
  [ -z "$alive" ] && exit 0
  tries=$((tries - 1))
  sleep 0.1
done
for pid in $groups; do kill -KILL "-$pid" 2>/dev/null; done
exit 0
