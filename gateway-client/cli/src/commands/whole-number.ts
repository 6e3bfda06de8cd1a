import { InvalidArgumentError } from 'commander';

/** Reads the value of an option. @param unit what it counts, for messages: `of seconds`. */
export function wholeNumber(least: number, most: number, unit = ''): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (Number.isInteger(number) && number >= least && number <= most) return number;
    const what = unit === '' ? 'a whole number' : `a whole number ${unit}`;
    throw new InvalidArgumentError(`It is ${what} from ${least.toString()} to ${most.toString()}.`);
  };
}
