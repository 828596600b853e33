/** Every member of every object and list of a JSON value, to be changed where it stands. */

export type Json = unknown;
export type Members = { [key: string]: Json };

export interface Place {
  readonly parent: Members | Json[];
  readonly key: string | number;
}

export const placesIn = (root: Json): readonly Place[] => {
  const places: Place[] = [];
  const walk = (value: Json): void => {
    if (Array.isArray(value)) {
      for (const [key, member] of value.entries()) {
        places.push({ parent: value, key });
        walk(member);
      }
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, member] of Object.entries(value)) {
        places.push({ parent: value as Members, key });
        walk(member);
      }
    }
  };
  walk(root);
  return places;
};

export const valueAt = ({ parent, key }: Place): Json =>
  Array.isArray(parent) ? parent[Number(key)] : Object.getOwnPropertyDescriptor(parent, key)?.value;

/** Also for `__proto__`, as JSON.parse does it. */
export const put = (parent: Members | Json[], key: string | number, value: Json): void => {
  Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true });
};

export const remove = (parent: Members | Json[], key: string | number): void => {
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else Reflect.deleteProperty(parent, key);
};
