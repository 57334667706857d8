/** Environment variable in which what runs a program says by which command a person runs it again; without it, that is "pulumi". */
export const commandVariable = "QUEUEFLEET_COMMAND";
