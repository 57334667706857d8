/** Whether an event source mapping in this state is disabled, or about to be: the messages wait in the queue. Source: State of
 *  Lambda's GetEventSourceMapping. */
export const isPaused = (state: string): boolean => state.startsWith("Disabl");
