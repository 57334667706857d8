import {
  Archive,
  Asset,
  Secret,
  type PropertyMap,
  type PropertyValue,
} from "../values/property-value";
import { isList, isMap, mapValues } from "../values/property-operations";

/** For a read, a provider gets only the hashes of assets, so its answer contains only hashes too.
 *  This function restores the source of the content, which is found by its hash in the earlier state. */
export function restoreElidedAssets(known: PropertyMap, answered: PropertyMap): PropertyMap {
  const contents = new Map<string, Asset | Archive>();
  const collect = (value: PropertyValue): void => {
    if (value instanceof Asset || value instanceof Archive) contents.set(value.hash, value);
    else if (value instanceof Secret) collect(value.element);
    else if (isList(value)) value.forEach(collect);
    else if (isMap(value)) Object.values(value).forEach(collect);
  };
  collect(known);

  const restore = (value: PropertyValue): PropertyValue => {
    if (value instanceof Asset || value instanceof Archive) {
      return isElided(value) ? (contents.get(value.hash) ?? value) : value;
    }
    if (value instanceof Secret) return new Secret(restore(value.element));
    if (isList(value)) return value.map(restore);
    return isMap(value) ? mapValues(value, restore) : value;
  };
  return mapValues(answered, restore);
}

function isElided({ source }: Asset | Archive): boolean {
  return Object.values(source).every(
    (content) => content === undefined || Object.keys(content).length === 0,
  );
}
