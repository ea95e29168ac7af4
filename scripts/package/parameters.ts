import * as z from 'zod';
import { nearestWord } from '../../src/validation/problem.ts';

/** A parameter of a CloudFormation template, as far as its default is checked. */
const parameter = z.object({
  Type: z.string(),
  Default: z.union([z.string(), z.number()]).optional(),
  AllowedPattern: z.string().optional(),
  AllowedValues: z.array(z.union([z.string(), z.number()])).optional(),
  MinValue: z.number().optional(),
  MaxValue: z.number().optional(),
  ConstraintDescription: z.string().optional(),
});
export const parameters = z.record(z.string(), parameter);

/** What CloudFormation would refuse of the defaults, a sentence each: what --param said has become one of them. */
export function defaultProblems(declared: z.output<typeof parameters>): string[] {
  return Object.entries(declared).flatMap(([name, { Default, ...limits }]) => {
    const problem = Default === undefined ? undefined : valueProblem(String(Default), limits);
    return problem === undefined ? [] : [`${name} ${problem}; it is ${JSON.stringify(Default)}`];
  });
}

/** Why CloudFormation would not take a value; undefined where it would. */
function valueProblem(value: string, limits: Omit<z.output<typeof parameter>, 'Default'>): string | undefined {
  const { Type, AllowedPattern, AllowedValues, MinValue = -Infinity, MaxValue = Infinity } = limits;
  if (AllowedValues?.every((allowed) => String(allowed) !== value)) return `must be one of ${AllowedValues.join(', ')}`;
  if (Type === 'Number' && !/^-?\d+(?:\.\d+)?$/.test(value)) return 'must be a number';
  if (Type === 'Number' && Number(value) < MinValue) return `must be ${MinValue} at least`;
  if (Type === 'Number' && Number(value) > MaxValue) return `must be ${MaxValue} at most`;
  if (AllowedPattern === undefined || new RegExp(AllowedPattern).test(value)) return undefined;
  return limits.ConstraintDescription ?? `must fit ${AllowedPattern}`;
}

/** The names that `--param NAME=VALUE` gave and no deployment has, a sentence each: Serverless takes any without a word. */
export function unknownNames(given: readonly string[], known: readonly string[]): string[] {
  return given
    .map((text) => text.replace(/=.*$/s, ''))
    .filter((name) => !known.includes(name))
    .map((name) => {
      const nearest = nearestWord(name, known);
      return `there is no parameter ${name}${nearest === undefined ? '' : `; did you mean ${nearest}?`}`;
    });
}
