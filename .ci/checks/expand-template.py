"""Prints template.yaml as plain CloudFormation: what AWS makes of it at deployment, without asking AWS.

cfn-lint reads SAM functions as they are written and does not look into their `Policies`: a misspelt action or table
passes. In the plain form each policy belongs to a role, and roles are checked in full.
"""

import json
import logging
import sys
from pathlib import Path

from samcli.yamlhelper import yaml_parse
from samtranslator.internal.managed_policies import get_bundled_managed_policy_map
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

# The translator warns of a feature flag that exists inside AWS only.
logging.disable(logging.WARNING)

template = yaml_parse(Path("template.yaml").read_text(encoding="utf-8"))
# The transform takes code that is uploaded already.
template["Globals"]["Function"]["CodeUri"] = "s3://bucket/key"
plain = Translator(get_bundled_managed_policy_map("aws"), Parser()).translate(template, {})
json.dump(plain, sys.stdout, indent=1)
