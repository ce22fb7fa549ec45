"""Serves the endpoints of Amazon Bedrock that the project calls, on a free loopback port, for tests/secrets.

Every signature is computed again by botocore; a request whose signature differs is refused as AWS refuses it. Prints its
address, and ends when its standard input does.
"""

import json
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

CREDENTIALS = Credentials("AKIDEXAMPLE", "secret/of+the=role", "token of the session")
REGION = "eu-central-1"


def expected_signature(handler, body):
    """The signature that botocore makes of what was received, or None if required headers are not signed."""
    match = re.search(r"SignedHeaders=([^,]+)", handler.headers.get("authorization", ""))
    names = match[1].split(";") if match else []
    if not {"host", "x-amz-date", "x-amz-security-token"} <= set(names):
        return None
    url = f"http://{handler.headers['host']}{handler.path}"
    headers = {name: handler.headers[name] for name in names}
    request = AWSRequest(method=handler.command, url=url, headers=headers, data=body)
    request.context["timestamp"] = handler.headers["x-amz-date"]
    auth = SigV4Auth(CREDENTIALS, "bedrock", REGION)
    to_sign = auth.string_to_sign(request, auth.canonical_request(request))
    return auth.signature(to_sign, request)


def reply(method, path, body):
    """The content type and the body of a reply; None for an unknown path."""
    if (method, path) == ("GET", "/foundation-models"):
        return "application/json", {"modelSummaries": [{"modelId": "openai.gpt-oss-20b-1:0"}]}
    if (method, path) == ("POST", "/model/amazon.titan-embed-text-v2%3A0/invoke"):
        return "application/json", {"embedding": [len(body["inputText"]), 1], "inputTextTokenCount": 2}
    if (method, path) == ("POST", "/openai/v1/chat/completions") and body["stream"]:
        choices = [{"delta": {"content": "Signed, "}}, {"delta": {"content": "漢."}, "finish_reason": "stop"}]
        events = [json.dumps({"choices": [choice]}) for choice in choices] + ["[DONE]"]
        return "text/event-stream", "".join(f"data: {event}\n\n" for event in events)
    if (method, path) == ("POST", "/openai/v1/chat/completions"):
        message = {"role": "assistant", "content": "Signed, 漢."}
        return "application/json", {"choices": [{"message": message, "finish_reason": "stop"}]}
    return None


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        signature = expected_signature(self, body)
        if signature is None or f"Signature={signature}" not in self.headers["authorization"]:
            self.send(403, "application/json", {"message": "The signature does not match."}, "InvalidSignatureException")
        elif answer := reply(self.command, self.path, json.loads(body or b"null")):
            self.send(200, *answer)
        else:
            self.send(404, "application/json", {"message": "Unknown."}, "ResourceNotFoundException")

    do_POST = do_GET

    def send(self, status, content_type, body, error_type=None):
        body = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header("content-type", content_type)
        self.send_header("content-length", str(len(body)))
        if error_type:
            self.send_header("x-amzn-errortype", error_type)
        self.end_headers()
        self.wfile.write(body)


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(f"http://127.0.0.1:{server.server_address[1]}/openai/v1", flush=True)
sys.stdin.read()
