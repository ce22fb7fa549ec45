"""Prints template.yaml as plain CloudFormation, the result of SAM's transform at deployment, without a request to AWS.

cfn-lint does not check the `Policies` of SAM functions: a misspelt action or table passes. In plain CloudFormation each
policy belongs to a role, which cfn-lint checks completely.
"""

import json
import logging
import sys
from pathlib import Path

from samcli.yamlhelper import yaml_parse
from samtranslator.internal.managed_policies import get_bundled_managed_policy_map
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

# The translator warns about a feature flag that exists only inside AWS.
logging.disable(logging.WARNING)

template = yaml_parse(Path("template.yaml").read_text(encoding="utf-8"))
# The transform requires code that is already uploaded.
template["Globals"]["Function"]["CodeUri"] = "s3://bucket/key"
plain = Translator(get_bundled_managed_policy_map("aws"), Parser()).translate(template, {})
json.dump(plain, sys.stdout, indent=1)
