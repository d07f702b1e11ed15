"""Pieces put aside by many at once, beside pgbench leaving the same rows; and a shelf that must not be oversold.

On a copy of the small database. Both sides have the same number of clients, each with a connection of its own.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import re
import shutil
import subprocess
import tempfile
import time
from datetime import timedelta
from functools import partial
from pathlib import Path

from django.db import connection, connections

from benchmarks import databases, table
from benchmarks.databases import Databases
from benchmarks.table import Row
from config.lib import clock
from config.lib.errors import Conflict
from customers import access
from customers.models import Customer, User
from journeys.models import Channel, ReservationLine, Stock
from journeys.services import reservations

CLIENTS, SECONDS = 8, 2.0
TRIES = {False: 2_000, True: 100_000}
PLENTY = 1_000_000
DEBIAN = Path("/usr/lib/postgresql/15/bin/pgbench")
# The rows one reservation leaves: lock, piece, reservation, line, sentence, number of the story, tie to the store.
SCRIPT = """
\\set c random(1, {customers})
\\set k random(1, {count})
BEGIN;
SELECT id FROM customers_customer WHERE id = :c FOR NO KEY UPDATE;
UPDATE journeys_stock SET reserved = reserved + 1 WHERE id = ('{{{ids}}}'::bigint[])[:k] AND on_hand - reserved >= 1
    RETURNING variant_id, store_id \\gset
INSERT INTO journeys_reservation (uuid, state, until, channel, created_at, created_by_id, customer_id, store_id)
    VALUES (gen_random_uuid(), 'to_prepare', now() + interval '2 days', 'store', now(), {user}, :c, :store_id)
    RETURNING id AS r \\gset
INSERT INTO journeys_reservationline (quantity, reservation_id, variant_id) VALUES (1, :r, :variant_id);
INSERT INTO journeys_interaction (uuid, kind, occurred_at, recorded_at, channel, device, source, source_id, fingerprint,
    subject_kind, subject_id, product_ids, visibility, text, data, actor_id, customer_id, store_id)
    VALUES (gen_random_uuid(), 'reservation.placed', now(), now(), 'store', '', 'reservations',
    (:r)::text || '-placed', sha256((:r)::text::bytea), 'reservation', :r, '{{1}}', 'company', '',
    '{{"items": "ウールコート 紺 M"}}', {user}, :c, :store_id)
    ON CONFLICT (source, source_id) DO NOTHING;
UPDATE customers_customer SET context_seq = context_seq + 1 WHERE id = :c;
INSERT INTO customers_storetie (customer_id, store_id, last_at) VALUES (:c, :store_id, now())
    ON CONFLICT (customer_id, store_id) DO UPDATE SET last_at = EXCLUDED.last_at
    WHERE customers_storetie.last_at < EXCLUDED.last_at;
COMMIT;
"""


def run(places: Databases) -> list[Row]:
    """Measure one hot piece and many pieces, then try to oversell."""
    shop = Shop()
    rows = []
    for what, stock, bar in (("one hot piece", shop.stock[:1], 0.60), ("spread pieces", shop.stock, 0.35)):
        Stock.objects.filter(pk__in=[row[0] for row in stock]).update(on_hand=PLENTY, reserved=0)
        connections.close_all()
        sides = table.interleaved(partial(_ours, shop, stock), partial(_pgbench, shop, stock))
        rows.append(table.at_least(f"reservations of {what}, {CLIENTS} clients", *sides, bar=bar, unit="tries"))
    return [*rows, _oversold(shop)]


class Shop:
    """Who reserves what for whom."""

    def __init__(self) -> None:
        user = User.objects.select_related("staff__store").get(username="sato")
        self.user_id, self.actor = user.pk, access.actor_of(user)
        assert self.actor.store_id is not None
        self.store_id = self.actor.store_id
        mine = Customer.objects.filter(home_store_id=self.store_id).order_by("pk")
        self.customers = [str(uuid) for uuid in mine.values_list("uuid", flat=True)]
        self.stock = list(
            Stock.objects.filter(store_id=self.store_id).order_by("pk").values_list("pk", "variant_id")[:200]
        )
        self.most = Customer.objects.order_by("-pk").values_list("pk", flat=True)[0]


def _ours(shop: Shop, stock: list[tuple[int, int]], number: int) -> float:
    """Return tries a second of processes that call the service until time is over."""
    counts = _in_processes(partial(_reserve_for, shop, stock, number))
    return sum(counts) / SECONDS


def _in_processes(work: partial[int]) -> list[int]:
    connections.close_all()  # a forked child must not inherit them
    with multiprocessing.get_context("fork").Pool(CLIENTS) as pool:
        return pool.map(work, range(CLIENTS), chunksize=1)


def _reserve_for(shop: Shop, stock: list[tuple[int, int]], number: int, client: int) -> int:
    draw, done = random.Random(number * 100 + client), 0
    _reserve(shop, stock, draw)  # connects, loads and warms up
    ends = time.perf_counter() + SECONDS
    while time.perf_counter() < ends:
        done += _reserve(shop, stock, draw)
    connections.close_all()
    return done


def _reserve(shop: Shop, stock: list[tuple[int, int]], draw: random.Random) -> bool:
    try:
        reservations.reserve(
            actor=shop.actor,
            customer_uuid=draw.choice(shop.customers),
            store_id=shop.store_id,
            lines=[(draw.choice(stock)[1], 1)],
            until=clock.now() + timedelta(days=2),
            channel=Channel.STORE,
        )
    except Conflict as refused:
        if refused.code != "insufficient_stock":
            raise
        return False
    return True


def _pgbench(shop: Shop, stock: list[tuple[int, int]], _number: int) -> float:
    """Return transactions a second of the script, prepared statements, the same number of clients."""
    ids = ",".join(str(row[0]) for row in stock)
    settings = connection.settings_dict
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(SCRIPT.format(customers=shop.most, count=len(stock), ids=ids, user=shop.user_id))
        script.flush()
        command = [_program(), "-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(int(SECONDS))]
        command += ["-f", script.name, "-h", str(settings["HOST"]), "-U", str(settings["USER"]), str(settings["NAME"])]
        told = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([\d.]+)", told.stdout)
    if told.returncode or not found:
        raise RuntimeError(f"pgbench: {told.stderr[-600:]}")
    return float(found[1])


def _program() -> str:
    """Return the pgbench beside the embedded server, else Debian's or the path's."""
    beside = sorted(Path(os.environ.get("YORISOI_DATA", "/nowhere")).glob("programs-*/*/pginstall/bin/pgbench"))
    found = beside[-1] if beside else DEBIAN if DEBIAN.exists() else shutil.which("pgbench")
    if not found:
        raise RuntimeError("pgbench is not here (Debian: apt install postgresql-contrib)")
    return str(found)


def _oversold(shop: Shop) -> Row:
    """Twice as many tries as there are pieces, from all clients at once."""
    tries = TRIES[databases.is_full()]
    pieces, (stock_id, variant_id) = tries // 2, shop.stock[0]
    before = ReservationLine.objects.filter(variant_id=variant_id).count()
    Stock.objects.filter(pk=stock_id).update(on_hand=pieces, reserved=0)
    told = sum(_in_processes(partial(_try_often, shop, tries // CLIENTS)))
    row = Stock.objects.get(pk=stock_id)
    held = ReservationLine.objects.filter(variant_id=variant_id).count() - before
    found = f"{told:,} held, {row.reserved:,} of {row.on_hand:,} taken"
    is_right = told == held == row.reserved == row.on_hand == pieces
    return Row(f"{tries:,} tries for {pieces:,} pieces, {CLIENTS} clients", found, "", "", "nothing oversold", is_right)


def _try_often(shop: Shop, times: int, client: int) -> int:
    draw = random.Random(client)
    done = sum(_reserve(shop, shop.stock[:1], draw) for _time in range(times))
    connections.close_all()
    return done
