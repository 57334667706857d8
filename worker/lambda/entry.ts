import { checkable, type LambdaContext } from "../../contracts/function-check";

/** A handler, and what must succeed besides its opening before it can work. */
export interface Opened<Event, Result> {
  handle(event: Event, context: LambdaContext): Promise<Result>;
  ready?(): Promise<void>;
}

/** The entry of a Lambda function. It is opened by the first call, so that a fault of the environment is the error of that
 *  call, with every detail, and not only "the module cannot be loaded". The check event opens it too. */
export function functionEntry<Event, Result>(open: () => Opened<Event, Result>) {
  let opened: Opened<Event, Result> | undefined;
  const openedOnce = () => (opened ??= open());
  return checkable<Event, Result>(
    (event, context) => openedOnce().handle(event, context),
    async () => openedOnce().ready?.(),
  );
}
