/** Turns the lines that pip prints into a line of progress for each package. */
export function pipProgress(progress: (line: string) => void): (line: string) => void {
  let packages = 0;
  return (line) => {
    const file = /^ +(?:Downloading|Using cached) (\S+?)-(\d[^-]*)-\S+ \((.+)\)$/.exec(line);
    if (file !== null) {
      const [, name, version, size] = file;
      packages += 1;
      progress(`  package ${packages}: ${name} ${version}, ${size}`);
    } else if (line.startsWith("Installing collected packages")) {
      progress(`  unpacking ${packages} packages`);
    }
  };
}
