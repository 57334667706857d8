// Stands for the `docker` command on the host of the APIs: asks the rehearsal, which plays the containers.
const [command, ...parameters] = process.argv.slice(2);
const container = parameters.at(-1);
const answer = await fetch(`${process.env.CONTAINERS_URL}/${command}/${container}`, {
  method: "POST",
});
process.stdout.write(await answer.text());
process.exitCode = answer.ok ? 0 : 1;
