"""Evaluates the conditions and parameters of a template, as far as costs depend on them. Entry: ``Scope``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from infra.template import NO_VALUE

_NAMED: Final = re.compile(r"\$\{([^}!]+)\}")


class Scope:
    """A template with its parameters' values. What only AWS knows, such as a resource's ARN, stays as it stands."""

    def __init__(self, document: Mapping[str, Any], given: Mapping[str, Any]) -> None:
        self._conditions = document.get("Conditions", {})
        self._resources = document["Resources"]
        defaults = {name: spec.get("Default", "") for name, spec in document.get("Parameters", {}).items()}
        self.parameters = defaults | {name: value for name, value in given.items() if name in defaults}
        self._functions: dict[str, Callable[[Any], Any]] = {
            "Ref": lambda name: self.parameters.get(name, {"Ref": name}),
            "Condition": lambda name: self.holds(name) if isinstance(name, str) else {"Condition": name},
            "Fn::If": lambda parts: self.value(parts[1] if self.holds(parts[0]) else parts[2]),
            "Fn::Equals": lambda parts: str(self.value(parts[0])) == str(self.value(parts[1])),
            "Fn::Not": lambda parts: not self.value(parts[0]),
            "Fn::And": lambda parts: all(self.value(part) for part in parts),
            "Fn::Or": lambda parts: any(self.value(part) for part in parts),
            "Fn::Join": self._joined,
            "Fn::Sub": self._filled,
        }

    def holds(self, condition: str) -> bool:
        return bool(self.value(self._conditions[condition]))

    def value(self, node: Any) -> Any:
        """With intrinsic functions evaluated; members that have no value are left out."""
        if isinstance(node, list):
            return [self.value(item) for item in node if self.value(item) != NO_VALUE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1 and (name := next(iter(node))) in self._functions:
            return self._functions[name](node[name])
        values = {key: self.value(item) for key, item in node.items()}
        return {key: value for key, value in values.items() if value != NO_VALUE}

    def _joined(self, parts: list[Any]) -> Any:
        texts = self.value(parts[1])
        return parts[0].join(map(str, texts)) if isinstance(texts, list) else str(texts)

    def _filled(self, text: Any) -> Any:
        """With its parameters filled in; where it names something else, as it stands."""
        if not isinstance(text, str) or set(_NAMED.findall(text)) - self.parameters.keys():
            return {"Fn::Sub": text}
        return _NAMED.sub(lambda match: str(self.parameters[match[1]]), text)

    def resources(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """(logical id, type, properties) of each resource whose condition holds."""
        for name, resource in self._resources.items():
            if "Condition" not in resource or self.holds(resource["Condition"]):
                yield name, str(resource["Type"]), self.value(resource.get("Properties", {}))
