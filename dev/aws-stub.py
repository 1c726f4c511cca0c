#!/usr/bin/env python3
"""Stands in for STS and S3 on a loopback port, which it prints first: gives a session for a web identity, and a file's bytes to whoever has it.

    dev/aws-stub.py FILE

Then prints a line for each request: method, path, and who asked.
"""

import http.server
import re
import sys

SESSION = """<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleWithWebIdentityResult><Credentials>\
<AccessKeyId>session-id</AccessKeyId><SecretAccessKey>session-secret</SecretAccessKey><SessionToken>session-token</SessionToken>\
<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"""

with open(sys.argv[1], "rb") as file:
    CONTENT = file.read()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        form = self.rfile.read(int(self.headers["Content-Length"])).decode()
        print("STS", " ".join(sorted(re.findall(r"(?:Action|RoleArn|WebIdentityToken)=[^&]*", form))), flush=True)
        self.answer(200, "text/xml", SESSION.encode())

    def do_GET(self):
        signer = re.search(r"Credential=([^,]*)", self.headers.get("Authorization", ""))
        token = self.headers.get("X-Amz-Security-Token")
        print("S3 ", self.command, self.path, signer and signer.group(1), token, flush=True)
        if token == "session-token":
            self.answer(200, "binary/octet-stream", CONTENT)
        else:
            self.answer(403, "text/xml", b"<Error><Code>AccessDenied</Code></Error>")

    def answer(self, status, kind, body):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", '"1"')
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        pass  # The client's process has ended.


server = Server(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
