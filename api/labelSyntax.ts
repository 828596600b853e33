/** What Kubernetes accepts as keys and values of labels. Each check answers with what is wrong, or undefined. */

const name = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const subdomain = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;

/** Lengths are tested before patterns, so that no text costs more than a few hundred steps. */
export const wrongWithLabelKey = (key: string): string | undefined => {
  const slash = key.indexOf('/');
  const prefix = slash < 0 ? undefined : key.slice(0, slash);
  const rest = key.slice(slash + 1);
  if (prefix !== undefined && (prefix.length > 253 || !subdomain.test(prefix)))
    return 'the part before the slash must be a DNS subdomain of at most 253 characters';
  if (rest.length > 63 || !name.test(rest)) return `the name ${wordRule}`;
  return undefined;
};

export const wrongWithLabelValue = (value: string): string | undefined =>
  value === '' || (value.length <= 63 && name.test(value)) ? undefined : wordRule;

const wordRule = "must be at most 63 letters, digits, '-', '_' or '.', and begin and end with a letter or a digit";
