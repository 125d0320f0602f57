"""How templates become Python: what they call is called straight away.

Jinja asks of everything that is called whether it wants the context; of a case's page that took a quarter. So nothing that
templates call may be one of jinja2's `pass_context`, `pass_eval_context` or `pass_environment`.
"""

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame
from typing_extensions import override


class Straight(CodeGenerator):
    """Writes calls as Python's own."""

    @override
    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        """Write a call of names and values; one that hands on a block, or unpacks, stays as jinja2 has it."""
        if forward_caller or node.dyn_args or node.dyn_kwargs:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("(")
        for given in (*node.args, *node.kwargs):
            self.visit(given, frame)
            self.write(", ")
        self.write(")")
