const token =
  /\s*(?:(?<word>AND|OR|NOT|TRUE|FALSE|[()])|(?<state>ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"(?<quoted>[^"]+)"|'(?<single>[^']+)'|(?<bare>[^\s()"']+))\s*\))/y;

/** A token of a composite alarm's rule. */
type Token = { word: string } | { state: string; alarm: string };

/** Whether a composite alarm fires when one alarm alone is in ALARM and all others are OK. Only then does the
 *  action of the composite alarm count for that alarm. A rule with `AND ALARM(another)` does not fire. Undefined if the
 *  text is not an alarm rule. Syntax: CloudWatch PutCompositeAlarm, AlarmRule. */
export function firesAlone(
  rule: string,
  isTheAlarm: (nameOrArn: string) => boolean,
): boolean | undefined {
  const tokens = tokenize(rule);
  if (tokens === undefined) return undefined;
  let position = 0;
  const takeWord = (word: string) => {
    const next = tokens[position];
    if (next === undefined || !("word" in next) || next.word !== word) return false;
    position += 1;
    return true;
  };
  const operand = (): boolean => {
    if (takeWord("NOT")) return !operand();
    if (takeWord("TRUE")) return true;
    if (takeWord("FALSE")) return false;
    if (takeWord("(")) {
      const value = either();
      if (!takeWord(")")) throw new SyntaxError(rule);
      return value;
    }
    const next = tokens[position];
    if (next === undefined || "word" in next) throw new SyntaxError(rule);
    position += 1;
    return next.state === (isTheAlarm(next.alarm) ? "ALARM" : "OK");
  };
  const both = (): boolean => {
    let value = operand();
    while (takeWord("AND")) value = operand() && value;
    return value;
  };
  const either = (): boolean => {
    let value = both();
    while (takeWord("OR")) value = both() || value;
    return value;
  };
  try {
    const value = either();
    return position === tokens.length ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function tokenize(rule: string): Token[] | undefined {
  const text = rule.trimEnd();
  const tokens: Token[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const groups = token.exec(text)?.groups;
    if (groups === undefined) return undefined;
    const alarm = groups.quoted ?? groups.single ?? groups.bare;
    if (groups.word !== undefined) tokens.push({ word: groups.word });
    else if (groups.state !== undefined && alarm !== undefined) {
      tokens.push({ state: groups.state, alarm });
    }
  }
  return tokens;
}
