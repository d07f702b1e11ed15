"""Rules 4 and 5: where transactions, the doorbell, the network and signals may stand."""

from __future__ import annotations

import ast
from collections.abc import Callable

from tests.architecture.order import APPS, CELERY_PAIRS, CODE, NETWORK, NETWORK_PAIRS
from tests.architecture.tree import Finding, Module, Tree, last_name, text_of

TRANSACTION = frozenset({"atomic", "commit", "rollback", "set_autocommit", "set_rollback", "non_atomic_requests"}) | {
    "savepoint",
    "savepoint_commit",
    "savepoint_rollback",
    "clean_savepoints",
    "mark_for_rollback_on_error",
}
DOORBELL = frozenset({"on_commit", "delay", "apply_async", "send_task"})
SIGNALS = (
    frozenset({"pre_init", "post_init", "pre_save", "post_save", "pre_delete", "post_delete", "m2m_changed"})
    | {"pre_migrate", "post_migrate", "request_started", "request_finished", "got_request_exception"}
    | {"setting_changed", "user_logged_in", "user_logged_out", "user_login_failed"}
)


def transactions(tree: Tree) -> list[Finding]:
    """Only services open a transaction, and no setting opens one for them."""

    def words(module: Module, node: ast.AST) -> str:
        if text_of(node) == "ATOMIC_REQUESTS" or last_name(node) == "ATOMIC_REQUESTS":
            return "ATOMIC_REQUESTS stays off: services open transactions"
        is_name = isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load)
        if not is_name or last_name(node) not in TRANSACTION or module.layer == "services":
            return ""
        name = module.full_name(node)
        return f"{name} outside services/" if name.startswith("django.db.") else ""

    return _nodes(tree, words, but=("config.lib.transactions",))


def doorbell(tree: Tree) -> list[Finding]:
    """Work is handed to Celery by config/lib/tasks.py alone: nobody else waits for a commit or calls a worker."""

    def words(module: Module, node: ast.AST) -> str:
        if isinstance(node, ast.Attribute) and node.attr in DOORBELL:
            return f".{node.attr} outside config/lib/tasks.py; ring() wakes a worker"
        return ""

    celery = [
        Finding(module.path, entry.line, f"imports {entry.target}; config/lib/tasks.py declares tasks")
        for module in tree.of(*CODE)
        for entry in module.imports
        if entry.target.split(".")[0] == "celery"
        and module.name != "config.celery"
        and (module.name, entry.target) not in CELERY_PAIRS
    ]
    named = [
        Finding(module.path, entry.line, "imports on_commit; only config/lib/tasks.py waits for a commit")
        for module in tree.of(*CODE)
        for entry in module.imports
        if entry.target == "django.db.transaction.on_commit" and module.name != "config.lib.tasks"
    ]
    return _nodes(tree, words, but=("config.lib.tasks",)) + celery + named


def network(tree: Tree) -> list[Finding]:
    """Clients that leave the machine stand in customers/channels/. config/launch starts servers and looks at ports."""
    found = []
    for module in tree.of(*CODE):
        if module.name.startswith(("customers.channels", "config.launch")):
            continue
        for entry in module.imports:
            allowed = any(
                module.name == who and (entry.target == what or entry.target.startswith(f"{what}."))
                for who, what in NETWORK_PAIRS
            )
            if not allowed and _is_network(entry.target):
                found.append(Finding(module.path, entry.line, f"imports {entry.target} outside customers/channels/"))
    return found


def signals(tree: Tree) -> list[Finding]:
    """No signals: a hook is listed and ordered, a signal is neither. Celery's own stand in config/celery.py."""
    imported = [
        Finding(module.path, entry.line, f"imports {entry.target}; offer a hook instead")
        for module in tree.of(*CODE)
        for entry in module.imports
        if _is_signal(entry.target)
        and not (module.name == "config.celery" and entry.target.startswith("celery.signals."))
    ]

    def words(module: Module, node: ast.AST) -> str:
        if not isinstance(node, ast.Attribute) or node.attr not in {"connect", "send", "send_robust", "connect_via"}:
            return ""
        name = module.full_name(node.value)
        is_signal = _is_signal(name) or last_name(node.value) in SIGNALS
        return f"{name}.{node.attr}: no signals" if is_signal else ""

    return imported + _nodes(tree, words, but=("config.celery",))


def _is_signal(target: str) -> bool:
    parts = target.split(".")
    return "signals" in parts or target.startswith("django.dispatch") or parts[-1] in SIGNALS


def _is_network(target: str) -> bool:
    parts = target.split(".")
    return any(".".join(parts[:length]) in NETWORK for length in range(1, len(parts) + 1))


def _nodes(tree: Tree, words: Callable[[Module, ast.AST], str], *, but: tuple[str, ...]) -> list[Finding]:
    return [
        module.found(node, told)
        for module in tree.of(*APPS, "config")
        if module.name not in but
        for node in module.nodes
        for told in [words(module, node)]
        if told
    ]
