/** Environment variable that contains the command that runs the program, for advice in messages. If it is not set, the
 *  command is "pulumi". */
export const commandVariable = "QUEUEFLEET_COMMAND";
