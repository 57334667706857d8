/** Name of the parameter of the document that restarts a container. */
export const containerParameter = "container";
