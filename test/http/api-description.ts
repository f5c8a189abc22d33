import { readFileSync } from 'node:fs';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

type Json = Record<string, unknown>;

/** One operation of openapi.yaml. */
export interface Operation {
  operationId: string;
  /** Upper case. */
  method: string;
  /** With `{name}` for parameters. */
  path: string;
  responses: Json;
}

const METHODS = ['get', 'head', 'post', 'delete', 'put', 'patch'];
const ID = 'openapi';

/** openapi.yaml as data, with a judge of answers. */
export class ApiDescription {
  readonly document: Json;
  readonly operations: readonly Operation[];
  /** `OPTIONS` of every path; they share one description. */
  readonly preflights: readonly Operation[];
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });

  constructor(file: string | URL) {
    this.document = parse(readFileSync(file, 'utf8')) as Json;
    this.#ajv.addFormat('uuid', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    this.#ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
    this.#ajv.addSchema(this.document, ID);
    this.operations = METHODS.flatMap((method) => this.#operationsOf(method));
    this.preflights = this.#operationsOf('options');
  }

  /** What of an answer the description does not allow; empty when it fits. */
  faults(operation: Operation, answer: { status: number; headers: Headers; body: string }): string[] {
    const key = String(answer.status) in operation.responses ? String(answer.status) : 'default';
    if (key === 'default' && answer.status < 400) return [`${answer.status} is not described`];
    const response = this.#resolve(operation.responses[key]);
    return [
      ...this.#headerFaults(response, answer.headers),
      ...this.#bodyFaults(response, answer.headers.get('Content-Type') ?? '', answer.body, operation.method),
    ];
  }

  schemaNamed(name: string): Json {
    return this.#resolve({ $ref: `#/components/schemas/${name}` });
  }

  #operationsOf(method: string): Operation[] {
    return Object.entries(this.document.paths as Record<string, Json>).flatMap(([path, item]) => {
      const described = item[method] as { operationId?: string; responses: Json } | undefined;
      if (described === undefined) return [];
      const { operationId = method, responses } = described;
      return [{ operationId, method: method.toUpperCase(), path, responses }];
    });
  }

  #headerFaults(response: Json, headers: Headers): string[] {
    return Object.entries((response.headers ?? {}) as Json).flatMap(([name, description]) => {
      const value = headers.get(name);
      const { schema, required = true } = description as { schema?: Json; required?: boolean };
      if (value === null) return required ? [`${name} is missing`] : [];
      return schema === undefined || this.#ajv.validate(schema, value) ? [] : [`${name} is ${value}`];
    });
  }

  #bodyFaults(response: Json, contentType: string, body: string, method: string): string[] {
    if (method === 'HEAD') return body === '' ? [] : ['a HEAD answer has a body'];
    const content = response.content as Record<string, { schema?: Json }> | undefined;
    if (content === undefined) return body === '' ? [] : ['a body is not described'];
    const [type = ''] = contentType.split(';');
    const entry = content[type] ?? content[type.replace(/\/.*/, '/*')];
    if (entry === undefined) return [`the type ${type} is not described`];
    if (entry.schema === undefined) return [];
    const value: unknown = /json$/.test(type) ? JSON.parse(body) : body;
    const validate = this.#compile(entry.schema);
    if (validate(value)) return [];
    return (validate.errors ?? []).map(
      (error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
    );
  }

  /** References inside a schema are relative to the whole document. */
  #compile(schema: Json): ValidateFunction {
    return this.#ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', `"${ID}#/`)) as Json);
  }

  #resolve(node: unknown): Json {
    const reference = (node as { $ref?: string } | undefined)?.$ref;
    if (reference === undefined) return node as Json;
    const parts = reference.replace('#/', '').split('/');
    return this.#resolve(parts.reduce<unknown>((at, part) => (at as Json)[part], this.document));
  }
}
