/** A value while its fields are being read. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };
