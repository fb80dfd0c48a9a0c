import * as sdk from '/sdk/barrage.js';
import { equal, test } from './harness.js';

const types = await (await fetch('/sdk/barrage.d.ts')).text();

/** The body of a declaration, without the comments in it. */
function body(declaration) {
  const start = types.indexOf(declaration);
  const text = types.slice(types.indexOf('{', start) + 1, types.indexOf('\n}', start));
  return text.replace(/\/\*\*.*?\*\//gs, '');
}

/** The names of the members that stand at the first level of a body. */
function members(declaration) {
  const names = body(declaration).matchAll(/^  (?:readonly )?'?([\w.]+)'?[?]?[:(<]/gm);
  return [...names].map(([, name]) => name).sort();
}

function own({ prototype }) {
  return Object.getOwnPropertyNames(prototype).sort();
}

test('the types declare what the module exports', () => {
  const classes = [...types.matchAll(/^export class (\w+)/gm)].map(([, name]) => name);
  equal(classes.sort(), Object.keys(sdk).sort());
});

test('the types of the client have its methods, no more and no fewer', () => {
  equal(members('export class Barrage extends'), own(sdk.Barrage));
});

test('the types of an error have its fields', () => {
  const fields = Object.keys(new sdk.BarrageError({ code: 'busy' }, { id: '1' }));
  equal(members('export class BarrageError'), ['constructor', ...fields].sort());
});

test('the types name the options that the constructor takes', () => {
  const [, taken] = sdk.Barrage.toString().match(/constructor\(\{(.*?)\}\) \{/s);
  const names = [...taken.matchAll(/^\s*(\w+)/gm)].map(([, name]) => name);
  equal(members('export interface Options'), names.sort());
});

test('the types give methods the parameters that they have', () => {
  const declared = body('export class Barrage extends');
  for (const name of own(sdk.Barrage)) {
    const [, parameters] = declared.match(new RegExp(`^  ${name}(?:<.*?>)?\\((.*?)\\)[:;]`, 'ms')) ?? [];
    if (parameters !== undefined && name !== 'constructor') {
      const required = [...parameters.matchAll(/(?:^|, |\n    )(\w+):/g)].length;
      equal([name, required], [name, sdk.Barrage.prototype[name].length]);
    }
  }
});
