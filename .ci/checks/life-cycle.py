"""The life cycle of documents and questions: every function over moto's DynamoDB, under AWS's runtime interface emulator.

    life-cycle.py EMULATOR FOLDER

FOLDER holds the binaries of the functions. Tables, routes and stream filters come from template.yaml, and the other parts
of an event from the function's example in events/. Exits with 1 at the first response that is wrong.
"""

import itertools
import json
import logging
import os
import re
import socket
import subprocess
import sys
import time
import tomllib
import urllib.parse
import urllib.request
from pathlib import Path

import boto3
import yaml
from moto.server import ThreadedMotoServer

EMULATOR, FOLDER = sys.argv[1:]


class Template(yaml.SafeLoader):
    """Reads CloudFormation's short functions as their arguments."""


def argument(loader, _suffix, node):
    kinds = {yaml.ScalarNode: loader.construct_scalar, yaml.SequenceNode: loader.construct_sequence}
    return kinds.get(type(node), loader.construct_mapping)(node)


Template.add_multi_constructor("!", argument)


class Functions:
    """Functions under the emulator, each started by its first event."""

    def __init__(self, environment):
        self.environment = environment
        self.running = {}

    def invoke(self, name, event):
        address = self.running.get(name) or self.start(name)
        url = f"http://{address[0]}/2015-03-31/functions/function/invocations"
        request = urllib.request.Request(url, json.dumps(event).encode())
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.read().decode()

    def start(self, name):
        address, api = free_address(), free_address()
        command = [EMULATOR, "--runtime-interface-emulator-address", address, "--runtime-api-address", api]
        # A session of its own, so that the function ends with its emulator.
        process = subprocess.Popen(
            [*command, f"{FOLDER}/{name}"],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.running[name] = (address, process)
        host, port = address.split(":")
        for _ in range(500):
            try:
                socket.create_connection((host, int(port)), timeout=1).close()
                return self.running[name]
            except ConnectionRefusedError:
                time.sleep(0.01)
        sys.exit(f"{name} did not start")

    def stop(self):
        for _, process in self.running.values():
            os.killpg(process.pid, 9)
            process.wait()


def free_address():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return "127.0.0.1:%d" % taken.getsockname()[1]


class Hub:
    """The API over the functions, and the streams of the tables."""

    def __init__(self, template, dynamodb, streams, functions):
        self.dynamodb, self.streams, self.functions = dynamodb, streams, functions
        self.routes, self.workers = [], []
        for resource in template["Resources"].values():
            if resource["Type"] != "AWS::Serverless::Function":
                continue
            name = resource["Metadata"]["BuildProperties"]["Binary"]
            for event in resource["Properties"].get("Events", {}).values():
                properties = event["Properties"]
                if event["Type"] == "Api":
                    pattern = re.sub(r"{(\w+)\+?}", r"(?P<\1>[^/]+)", properties["Path"])
                    route = (properties["Method"].upper(), re.compile(pattern), properties["Path"], name)
                    self.routes.append(route)
                elif event["Type"] == "DynamoDB":
                    table = properties["Stream"].split(".")[0]
                    filters = [json.loads(one["Pattern"]) for one in properties["FilterCriteria"]["Filters"]]
                    self.workers.append((table, filters, name))
        # A literal segment is more specific than a parameter.
        self.routes.sort(key=lambda route: route[2].count("{"))
        self.seen = set()

    def call(self, method, path, body=None, headers=(), **query):
        """Returns the status, the headers and the body: JSON, or the text of a stream."""
        for route_method, pattern, resource, name in self.routes:
            match = pattern.fullmatch(path)
            if match and route_method == method:
                break
        else:
            sys.exit(f"no route for {method} {path}")
        example = name if Path(f"events/{name}.json").exists() else "get-query"
        event = json.loads(Path(f"events/{example}.json").read_text())
        sent = {"content-type": "application/json", **dict(headers)}
        parameters = {key: urllib.parse.unquote(value) for key, value in match.groupdict().items()}
        event.update(
            resource=resource,
            path=path,
            httpMethod=method,
            headers=sent,
            multiValueHeaders={key: [value] for key, value in sent.items()},
            pathParameters=parameters or None,
            queryStringParameters=query or None,
            multiValueQueryStringParameters={key: [value] for key, value in query.items()} or None,
            body=None if body is None else json.dumps(body),
            isBase64Encoded=False,
        )
        response = self.functions.invoke(name, event)
        head, end = json.JSONDecoder().raw_decode(response)
        if "statusCode" not in head:
            sys.exit(f"{method} {path}: {response}")
        rest = response[end:].strip("\0")
        text = rest or head.get("body") or "null"
        found = {**{key: values[0] for key, values in head.get("multiValueHeaders", {}).items()}, **head.get("headers", {})}
        is_json = text[0] in "{[n"
        return head["statusCode"], {key.lower(): value for key, value in found.items()}, json.loads(text) if is_json else text

    def ok(self, method, path, body=None, expected=200, **more):
        status, headers, answer = self.call(method, path, body, **more)
        if status != expected:
            sys.exit(f"{method} {path}: {status} instead of {expected}: {answer}")
        return answer

    def deliver(self):
        """Delivers the records of the tables' streams that the filters accept, each once."""
        for table, filters, name in self.workers:
            arn = self.dynamodb.describe_table(TableName=table)["Table"]["LatestStreamArn"]
            for shard in self.streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
                iterator = self.streams.get_shard_iterator(
                    StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
                )["ShardIterator"]
                for record in self.streams.get_records(ShardIterator=iterator)["Records"]:
                    place = (table, record["dynamodb"]["SequenceNumber"])
                    if place in self.seen:
                        continue
                    self.seen.add(place)
                    record["dynamodb"].pop("ApproximateCreationDateTime", None)
                    if any(matches(one, record) for one in filters):
                        response = self.functions.invoke(name, {"Records": [record]})
                        if "errorType" in response:
                            sys.exit(f"{name}: {response}")


def matches(pattern, value):
    """Whether a value matches a filter pattern of an event source mapping: nested objects of lists of accepted values."""
    if isinstance(pattern, dict):
        return all(matches(inner, (value or {}).get(key)) for key, inner in pattern.items())
    return any(
        (value is not None) == one["exists"] if isinstance(one, dict) and "exists" in one
        else str(value or "").startswith(one["prefix"]) if isinstance(one, dict)
        else one == value
        for one in pattern
    )


def create_tables(template, dynamodb):
    for name, resource in template["Resources"].items():
        if resource["Type"] != "AWS::DynamoDB::Table":
            continue
        known = ("AttributeDefinitions", "KeySchema", "BillingMode", "GlobalSecondaryIndexes")
        definition = {key: resource["Properties"][key] for key in known if key in resource["Properties"]}
        if "StreamSpecification" in resource["Properties"]:
            definition["StreamSpecification"] = {"StreamEnabled": True, **resource["Properties"]["StreamSpecification"]}
        dynamodb.create_table(TableName=name, **definition)


def check(what, holds):
    if not holds:
        sys.exit(f"wrong: {what}")


def documents(hub):
    texts = {
        "lighthouse": "# The lighthouse of Brannock\n\nThe lighthouse of Brannock was built in 1871. Its keeper was Ada Holm.",
        "ferry": "# The ferry\n\nThe ferry to Hestur leaves the north pier at 08:15 every morning.",
    }
    sent = [{"id": key, "text": text} for key, text in texts.items()]
    stored = hub.ok("POST", "/documents", {"documents": sent})["documents"]
    check("both documents are stored", [one["status"] for one in stored] == ["ready", "ready"])
    again = hub.ok("POST", "/documents", {"documents": sent})["documents"]
    check("the same documents are unchanged", all(one["unchanged"] for one in again))
    later = [{"id": "bakery", "text": "The bakery of Brannock opens at six o'clock."}]
    hub.ok("POST", "/documents", {"documents": later}, expected=202, headers={"prefer": "respond-async"})
    check("it waits", hub.ok("GET", "/documents/bakery")["status"] == "pending")
    hub.deliver()
    check("it is stored", hub.ok("GET", "/documents/bakery")["status"] == "ready")
    listed = hub.ok("GET", "/documents")["documents"]
    check("all are listed", {one["id"] for one in listed} == {"lighthouse", "ferry", "bakery"})
    hits = hub.ok("POST", "/search", {"query": "When does the ferry leave?"})["results"]
    check("the ferry is found", hits[0]["document_id"] == "ferry")


def questions(hub):
    ask = {"query": "When was the lighthouse of Brannock built?"}
    key = {"idempotency-key": "first"}
    answer = hub.ok("POST", "/queries", ask, headers=key)
    check("it is answered", "1871" in answer["answer"] and answer["claims"])
    repeated = hub.ok("POST", "/queries", ask, headers=key)
    check("the key gives the same answer", repeated["query_id"] == answer["query_id"])
    check("it comes from the cache", hub.ok("POST", "/queries", ask)["cache"] == "hit")
    path = f"/queries/{answer['query_id']}"
    hub.ok("POST", "/queries/comprehensive", {**ask, "cache": False})
    stream = hub.ok("POST", "/queries/stream", {**ask, "cache": False})
    check("the stream is complete", "event: completed" in stream)
    streamed = re.search(r'"query_id":"(\w+)"', stream)[1]
    check("it can be read again", "event: completed" in hub.ok("GET", f"/queries/{streamed}/events"))

    asynchronous = {"query": "When does the ferry leave the north pier?"}
    accepted = hub.ok("POST", "/queries", asynchronous, expected=202, headers={"prefer": "respond-async"})
    queued = f"/queries/{accepted['query_id']}"
    check("it waits", hub.ok("GET", f"{queued}/status")["status"] == "pending")
    hub.deliver()
    check("it is answered", hub.ok("GET", f"{queued}/status")["status"] == "completed")
    check("with the time", "08:15" in hub.ok("GET", queued)["answer"])
    accepted = hub.ok("POST", "/queries", asynchronous, expected=202, headers={"prefer": "respond-async"})
    cancelled = f"/queries/{accepted['query_id']}"
    check("it is cancelled", hub.ok("POST", f"{cancelled}/cancel")["status"] == "cancelled")
    hub.deliver()
    check("it stays cancelled", hub.ok("GET", f"{cancelled}/status")["status"] == "cancelled")

    _, headers, _ = hub.call("GET", path)
    tag = headers["etag"]
    hub.ok("PUT", path, {"notes": "checked"}, headers={"if-match": tag})
    hub.ok("PUT", path, {"notes": "lost"}, expected=412, headers={"if-match": tag})
    check("the note is kept", hub.ok("GET", path)["notes"] == "checked")
    hub.ok("POST", f"{path}/feedback", {"rating": 5})
    hub.ok("PATCH", f"{path}/reprocess")
    verified = hub.ok("POST", f"{path}/verify")
    statuses = {citation["status"] for claim in verified["claims"] for citation in claim["citations"]}
    check("its quotes stand", statuses == {"still_supported"})
    usage = hub.ok("GET", "/usage")
    check("each answer is counted once", usage["total"]["answers"] == 6)
    listings(hub)
    hub.ok("DELETE", path, expected=204)
    hub.ok("GET", path, expected=404)
    hub.ok("DELETE", path, expected=404)


def listings(hub):
    """Every combination of the filters; times before and after all questions."""
    everything = hub.ok("GET", "/queries", limit="100")["queries"]
    statuses = [None, "pending", "processing", "completed", "partial", "failed", "cancelled"]
    times = [None, "2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z"]
    for status, since, until in itertools.product(statuses, times, times):
        given = {"status": status, "from": since, "to": until}
        query = {name: value for name, value in given.items() if value}
        expected = [one["query_id"] for one in everything if status in (None, one["status"])]
        if since == times[2] or until == times[1]:
            expected = []
        is_reversed = (since, until) == (times[2], times[1])
        code, _, answer = hub.call("GET", "/queries", limit="100", **query)
        check(f"{query}: {code} {answer}", code == (400 if is_reversed else 200))
        if is_reversed:
            continue
        check(f"{query}", [one["query_id"] for one in answer["queries"]] == expected)
    pages, cursor = [], {}
    while True:
        page = hub.ok("GET", "/queries", limit="2", **cursor)
        pages += [one["query_id"] for one in page["queries"]]
        if not page["next_cursor"]:
            break
        cursor = {"cursor": page["next_cursor"]}
    check("pages hold everything once", pages == [one["query_id"] for one in everything])


def the_end(hub):
    hub.ok("PATCH", "/queries/01KARQFFWRT4N8H2C6V0B5XZ3E/reprocess", expected=404)
    hub.ok("DELETE", "/documents/ferry", expected=204)
    hub.ok("GET", "/documents/ferry", expected=404)
    answer = hub.ok("POST", "/queries", {"query": "When does the ferry leave the north pier?"})
    check("a deleted document answers nothing", "08:15" not in answer["answer"])
    hub.functions.invoke("sweep", json.loads(Path("events/sweep.json").read_text()))
    check("the others are there", len(hub.ok("GET", "/documents")["documents"]) == 2)
    hub.ok("GET", "/agents")
    hub.functions.invoke("health-check", json.loads(Path("events/health-check.json").read_text()))
    health = hub.ok("GET", "/health")
    check("it is healthy", health["status"] == "up")
    check("it was checked", all(one["status"] == "ok" for one in health["last_check"]["checks"]))


def main():
    # A line for each request.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    url = "http://%s:%d" % server.get_host_and_port()
    template = yaml.load(Path("template.yaml").read_text(), Template)
    clients = [boto3.client(name, endpoint_url=url) for name in ("dynamodb", "dynamodbstreams")]
    create_tables(template, clients[0])
    settings = tomllib.loads(Path("Cargo.toml").read_text())["workspace"]["metadata"]["lambda"]["watch"]["env_var"]
    environment = dict(setting.split("=", 1) for setting in settings)
    environment.update(AWS_ENDPOINT_URL_DYNAMODB=url, PATH=os.environ["PATH"])
    functions = Functions(environment)
    try:
        hub = Hub(template, *clients, functions)
        for part in (documents, questions, the_end):
            part(hub)
            print(f"  {part.__name__.replace('_', ' ')}: right")
    finally:
        functions.stop()
        server.stop()


main()
