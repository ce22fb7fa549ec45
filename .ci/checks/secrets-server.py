"""Serves moto's SSM and Secrets Manager on a free loopback port, with the values that tests/secrets reads.

Prints its address once the values are stored, and ends when its standard input does.
"""

import json
import sys

import boto3
from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
url = f"http://{host}:{port}"

ssm = boto3.client("ssm", endpoint_url=url)
ssm.put_parameter(Name="/attest/provider", Value="key of a provider, 漢", Type="SecureString")
providers = [
    {"kind": "openai_compatible", "name": f"provider-{number}", "base_url": "https://api.example.com/v1", "key": "ssm:/attest/llm", "models": ["m"]}
    for number in range(40)
]
ssm.put_parameter(Name="/attest/providers", Value=json.dumps(providers), Type="String", Tier="Advanced")
ssm.put_parameter(Name="attest-plain", Value="not encrypted", Type="String")
secrets = boto3.client("secretsmanager", endpoint_url=url)
secrets.create_secret(Name="attest-provider", SecretString="key in a secret")

print(url, flush=True)
sys.stdin.read()
server.stop()
