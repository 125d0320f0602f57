"""Free ports on this machine."""

import socket


def free_port(host: str, wanted: int) -> int:
    """Return `wanted`, or the next free one above it, or any: what is returned was free a moment ago."""
    for port in range(wanted, min(wanted + 20, 65536)):
        if _is_free(host, port):
            return port
    return _any(host)


def _is_free(host: str, port: int) -> bool:
    with socket.socket(_family(host)) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError:
            return False
    return True


def _any(host: str) -> int:
    with socket.socket(_family(host)) as trial:
        trial.bind((host, 0))
        return trial.getsockname()[1]


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
