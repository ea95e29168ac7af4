import { ServiceError } from '../error.ts';
import { type QueryDialect, readQueryInput } from '../wire/query-request.ts';
import { escapeXml, writeMembers } from '../wire/xml.ts';
import type { Protocol, WireReply, WireRequest } from './protocol.ts';

/** EC2's query protocol and the older one of Auto Scaling and STS: forms in, XML out. */

const forms = new WeakMap<WireRequest, URLSearchParams>();

function formOf(request: WireRequest): URLSearchParams {
  const form = forms.get(request) ?? new URLSearchParams(Buffer.from(request.body).toString());
  forms.set(request, form);
  return form;
}

function xml(status: number, body: string, requestId: string): WireReply {
  return {
    status,
    headers: { 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': requestId },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}`,
  };
}

function ec2Error(error: ServiceError, requestId: string): WireReply {
  const inner = `<Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message>`;
  return xml(
    error.status,
    `<Response><Errors><Error>${inner}</Error></Errors><RequestID>${requestId}</RequestID></Response>`,
    requestId,
  );
}

function queryError(error: ServiceError, requestId: string): WireReply {
  const type = error.status >= 500 ? 'Receiver' : 'Sender';
  const inner = `<Type>${type}</Type><Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message>`;
  return xml(
    error.status,
    `<ErrorResponse><Error>${inner}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`,
    requestId,
  );
}

export function queryProtocol(dialect: QueryDialect, version: string): Protocol {
  return {
    find(request, operations) {
      const action = formOf(request).get('Action') ?? '';
      const operation = operations.get(action);
      if (formOf(request).get('Version') === version && operation !== undefined) return operation;
      throw new ServiceError('InvalidAction', `The action ${action} is not valid for this web service.`);
    },
    readInput: (request, operation) => readQueryInput(operation.shape.input, formOf(request), dialect),
    writeOutput(operation, output, requestId) {
      const { name, output: shape } = operation.shape;
      const members = shape.kind === 'structure' ? writeMembers(shape, output) : '';
      if (dialect === 'ec2') {
        const answer = shape.kind === 'structure' ? members : '<return>true</return>';
        return xml(200, `<${name}Response><requestId>${requestId}</requestId>${answer}</${name}Response>`, requestId);
      }
      const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
      return xml(
        200,
        `<${name}Response><${name}Result>${members}</${name}Result>${metadata}</${name}Response>`,
        requestId,
      );
    },
    writeError: dialect === 'ec2' ? ec2Error : queryError,
  };
}
