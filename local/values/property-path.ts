import { Secret, type PropertyMap, type PropertyValue } from "./property-value";
import { isList, isMap } from "./property-operations";

/** Path to a property: names, indexes and "*" ("tags.Name", "rules[0].prefix", "tags[\"a.b\"]", "rules[*]"). */
export type PropertyPath = (string | number)[];

export function parsePropertyPath(text: string): PropertyPath {
  const path: PropertyPath = [];
  const element = /\.*([^.[]+)|\["((?:[^"\\]|\\.)*)"\]|\[(\*|\d+)\]|\.+(?=\[)/y;
  while (element.lastIndex < text.length) {
    const start = element.lastIndex;
    const match = element.exec(text);
    if (match === null || (start === 0 && text.startsWith("."))) {
      throw new Error(`"${text}" is not a property path (read up to character ${start})`);
    }
    const [, name, quoted, index] = match;
    if (name !== undefined) path.push(name);
    else if (quoted !== undefined) path.push(quoted.replaceAll('\\"', '"'));
    else if (index !== undefined) path.push(index === "*" ? "*" : Number(index));
  }
  return path;
}

/** Undefined if the text is not a path. Pulumi ignores such texts, and so does this engine. */
export function pathOrNothing(text: string): PropertyPath | undefined {
  try {
    return parsePropertyPath(text);
  } catch {
    return undefined;
  }
}

/** Whether `path` is `outer` or is inside it. */
export function contains(outer: PropertyPath, path: PropertyPath): boolean {
  return (
    path.length >= outer.length &&
    outer.every((element, index) => element === "*" || element === path[index])
  );
}

/** Resets the value at `path` to its old value. Changes `news` in place. False if the path leads to
 *  an element that was added or removed. */
export function resetProperty(path: PropertyPath, olds: PropertyMap, news: PropertyMap): boolean {
  return reset(path, olds, news, false);
}

function reset(
  path: PropertyPath,
  oldValue: PropertyValue | undefined,
  newValue: PropertyValue | undefined,
  /** The old value is inside a secret, the new one is not. */
  hide: boolean,
): boolean {
  const [key, ...rest] = path;
  if (key === undefined) return false;
  const old = unwrap(oldValue);
  const fresh = unwrap(newValue);
  const secret = old.secret ? !fresh.secret : hide && !fresh.secret;
  const kept = (value: PropertyValue) => (secret ? new Secret(value) : value);
  if (key === "*") return resetAll(rest, old.value, fresh.value, kept, secret);
  if (typeof key === "number") return resetIndex(key, rest, old.value, fresh.value, kept, secret);
  if (rest.length === 0) {
    const value = isMap(old.value) ? old.value[key] : undefined;
    if (value !== undefined) {
      if (!isMap(fresh.value)) return false;
      fresh.value[key] = kept(value);
    } else if (isMap(fresh.value)) {
      delete fresh.value[key];
    }
    return true;
  }
  if (!isMap(old.value) || !isMap(fresh.value)) return !isMap(old.value) && !isMap(fresh.value);
  const [oldChild, newChild] = [old.value[key], fresh.value[key]];
  if (newChild === undefined) return oldChild === undefined;
  return reset(rest, oldChild, newChild, secret);
}

function resetIndex(
  index: number,
  rest: PropertyPath,
  old: PropertyValue | undefined,
  fresh: PropertyValue | undefined,
  kept: (value: PropertyValue) => PropertyValue,
  secret: boolean,
): boolean {
  if (!isList(old) || !isList(fresh)) {
    return !isList(old) && !isList(fresh);
  }
  const value = old[index];
  if (value === undefined || fresh[index] === undefined) {
    return rest.length === 0 && value === undefined && fresh[index] === undefined;
  }
  if (rest.length > 0) return reset(rest, value, fresh[index], secret);
  fresh[index] = kept(value);
  return true;
}

function resetAll(
  rest: PropertyPath,
  old: PropertyValue | undefined,
  fresh: PropertyValue | undefined,
  kept: (value: PropertyValue) => PropertyValue,
  secret: boolean,
): boolean {
  if (isMap(fresh)) {
    if (!isMap(old)) return rest.length === 0;
    if (rest.length > 0) {
      return Object.entries(old).every(
        ([key, value]) => fresh[key] !== undefined && reset(rest, value, fresh[key], secret),
      );
    }
    for (const key of Object.keys(fresh)) if (!(key in old)) delete fresh[key];
    for (const [key, value] of Object.entries(old)) fresh[key] = kept(value);
    return true;
  }
  if (!isList(fresh)) return false;
  if (!isList(old)) return rest.length === 0;
  const shared = Math.min(old.length, fresh.length);
  for (let index = 0; index < shared; index += 1) {
    if (rest.length === 0) fresh[index] = kept(old[index] ?? null);
    else if (!reset(rest, old[index], fresh[index], secret)) return false;
  }
  return old.length === fresh.length;
}

function unwrap(value: PropertyValue | undefined): {
  value: PropertyValue | undefined;
  secret: boolean;
} {
  if (!(value instanceof Secret)) return { value, secret: false };
  return { value: unwrap(value.element).value, secret: true };
}
