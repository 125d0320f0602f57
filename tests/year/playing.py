"""Plays lives at a desk, through the same actions as the doors use, in the order of a whole year, with `now` moved by hand."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from operator import attrgetter
from typing import Any

from amends.core.database import execute, fetch_values
from amends.core.errors import NetworkError
from amends.core.ports import Published
from amends.core.post import Author, Post
from amends.inbox.actions import alarms, assign, clocks, erase, facts, follow_up, jobs, reply, resolve, send_reply, survey, topic_labels
from amends.inbox.actions.correct import correct
from amends.inbox.actions.customers import link_customer
from amends.inbox.actions.ingest import ingest
from amends.inbox.actions.job_kinds import Tools
from amends.inbox.actions.note import add_note
from amends.inbox.actions.rejudge import rejudge_pending
from amends.inbox.actions.survey import Means
from amends.inbox.actions.triage import triage_pending
from amends.inbox.rules.alerting import Alarm, Severity
from amends.inbox.rules.ids import AlertId, AuthorId, CaseId, CustomerId, PostId
from amends.inbox.rules.surveys import Answer
from amends.inbox.rules.words import LinkBasis
from amends.inbox.store import raised_alerts
from amends.inbox.store.raised_alerts import Raise
from amends.inbox.store.reply_jobs import ReplyJob
from tests.cast import POLICY, SECRET_KEY, US, a_post
from tests.fakes import FakeClassifier
from tests.year.stage import MEMBER, Stage, read_sources
from tests.year.standing import UNREAD, Deed, Standing
from tests.year.truth import NOW, Life

WORDS = {
    "en": {
        "negative": "My bag is lost and nobody answers!",
        "neutral": "I am waiting at the airport now, as they told me.",
        "positive": "Everything is well again, thank you so much for the help.",
    },
    "ta": {
        "negative": "என் பை இன்னும் வரவில்லை, lost.",
        "neutral": "நான் இப்போது விமான நிலையத்தில் இருக்கிறேன்.",
        "positive": "எல்லாம் சரி, மிக்க நன்றி, thank you.",
    },
    "si": {
        "negative": "මගේ බෑගය තවම ආවේ නැහැ, lost.",
        "neutral": "මම දැන් ගුවන් තොටුපළේ ඉන්නවා.",
        "positive": "සියල්ල හොඳයි, බොහොම ස්තුතියි, thank you.",
    },
}
MEANS = Means(can_mail=True, base="https://desk.example", secret_key=SECRET_KEY, policy=POLICY)
LEASE = timedelta(minutes=1)
FOLD_EVERY = 60


@dataclass(kw_only=True, slots=True)
class Player:
    """Does the deeds of lives; remembers which case each life is, and what is on its way."""

    stage: Stage
    lives: Mapping[int, Life]
    agreed: frozenset[int]
    model: FakeClassifier = field(default_factory=FakeClassifier)
    cases: dict[int, CaseId] = field(default_factory=dict[int, CaseId])
    jobs: dict[int, ReplyJob] = field(default_factory=dict[int, ReplyJob])
    links: dict[str, str] = field(default_factory=dict[str, str])
    posts: dict[str, Post] = field(default_factory=dict[str, Post])
    rung: dict[int, AlertId] = field(default_factory=dict[int, AlertId])

    def do(self, deed: Deed) -> None:
        getattr(self, f"_{deed.verb}")(deed, **deed.facts)

    def _post(self, deed: Deed, *, key: str, published: Any, mood: str, triaged: Any) -> None:
        life, conn = self.lives[deed.life], self.stage.conn
        text = f"{WORDS[life.language][mood]} {key}"
        post = a_post(
            text,
            external_id=key,
            root_id=f"{life.number}-0",
            network=life.network,
            author=Author(external_id=f"a{life.number}", handle=f"a{life.number}"),
            published_at=published,
            language_hint=life.language,
        )
        self.posts[key] = post
        self._collect(deed, post)
        triage_pending(conn, classifier=self.model, policy=POLICY, clock=lambda: triaged)
        if life.number not in self.cases:
            given = {"key": key}
            self.cases[life.number] = fetch_values(conn, "select case_id from posts where external_id = %(key)s", given)[0]
            if life.number in self.agreed:
                execute(conn, _AGREE, {"case": self.cases[life.number], "at": deed.at, "mail": f"a{life.number}@home.example"})

    def _collect(self, deed: Deed, post: Post) -> None:
        life = self.lives[deed.life]
        ingest(self.stage.conn, source_id=self.stage.sources[life.source], network=life.network, posts=[post], now=deed.at)

    def _edit(self, deed: Deed, *, key: str, mood: str) -> None:
        text = f"{WORDS[self.lives[deed.life].language][mood]} {key}"
        self.posts[key] = replace(self.posts[key], text=text, edited_at=deed.at)
        self._collect(deed, self.posts[key])
        rejudge_pending(self.stage.conn, classifier=self.model, clock=lambda: deed.at, limit=5)

    def _withdraw(self, deed: Deed, *, key: str) -> None:
        self._collect(deed, replace(self.posts[key], deleted=True))

    def _link(self, deed: Deed, *, twin: int) -> None:
        """Somebody finds out that the author of another case is the same customer; then the worker looks at what that stirs."""
        [author] = fetch_values(self.stage.conn, "select author_id from cases where id = %(id)s", {"id": self.cases[twin]})
        link_customer(
            self.stage.conn,
            author_id=AuthorId(author),
            customer_id=self._customer(deed),
            basis=LinkBasis.AGENT,
            evidence=(),
            agent_id=self.stage.agents[0],
            now=deed.at,
        )
        while follow_up.look_at_stirred(self.stage.conn, now=deed.at):
            pass
        while clocks.keep_due(self.stage.conn, now=deed.at):
            pass

    def _customer(self, deed: Deed) -> CustomerId:
        return fetch_values(self.stage.conn, "select customer_id from cases where id = %(id)s", {"id": self.cases[deed.life]})[0]

    def _erase(self, deed: Deed, *, agent: int) -> None:
        conn = self.stage.conn
        erase.erase(conn, customer_id=self._customer(deed), agent_id=self.stage.agents[agent], now=deed.at)
        tools = Tools(classifier=lambda: self.model, clock=lambda: deed.at)
        while job := jobs.claim(conn, now=deed.at):
            jobs.carry_on(conn, job, tools)

    def _join(self, deed: Deed) -> None:
        given = {"tag": MEMBER, "id": self._customer(deed)}
        execute(self.stage.conn, "update customers set tags = array[%(tag)s] where id = %(id)s", given)

    def _alarm(self, deed: Deed, *, rule: str) -> None:
        query = "select max(id) from posts where case_id = %(id)s and case_number is not null"
        [post] = fetch_values(self.stage.conn, query, {"id": self.cases[deed.life]})
        alarm = Alarm(rule=rule, severity=Severity.HIGH, reason="It rings.")
        asked = Raise(case_id=self.cases[deed.life], post_id=PostId(post), alarm=alarm)
        [raised] = raised_alerts.insert(self.stage.conn, [asked], now=deed.at)
        self.rung[deed.life] = raised.id

    def _judge(self, deed: Deed, *, useless: bool) -> None:
        alarms.judge(self.stage.conn, self.rung[deed.life], agent_id=self.stage.agents[0], useless=useless, now=deed.at)

    def _bot(self, deed: Deed) -> None:
        life = self.lives[deed.life]
        key = f"{life.number}-bot-{deed.at}"
        post = a_post(
            "Thank you for writing.",
            external_id=key,
            root_id=f"{life.number}-0",
            network=life.network,
            author=US,
            is_own=True,
            published_at=deed.at,
        )
        self._collect(deed, post)
        triage_pending(self.stage.conn, classifier=self.model, policy=POLICY, clock=lambda: deed.at)

    def _write(self, deed: Deed, *, agent: int, then_resolve: bool) -> None:
        given = self._by(deed, agent)
        reply.queue_reply(self.stage.conn, **given, text="We are on it.", policy=POLICY, resolve=then_resolve)
        job = send_reply.claim_reply(self.stage.conn, now=deed.at, lease=LEASE)
        assert job
        self.jobs[deed.life] = job

    def _send(self, deed: Deed, *, dated: Any) -> None:
        job = self.jobs.pop(deed.life)
        out = Published(external_id=f"r{job.reply_id}", permalink="https://x.example/r", published_at=dated)
        send_reply.record_sent(self.stage.conn, job, out, now=deed.at)

    def _fail(self, deed: Deed) -> None:
        job = self.jobs.pop(deed.life)
        send_reply.record_reply_trouble(self.stage.conn, job, NetworkError("refused"), now=deed.at)
        send_reply.discard_reply(self.stage.conn, reply_id=job.reply_id, agent_id=self.stage.agents[0], now=deed.at)

    def _resolve(self, deed: Deed, *, agent: int) -> None:
        resolve.resolve(self.stage.conn, **self._by(deed, agent), policy=POLICY)

    def _undo(self, deed: Deed) -> None:
        resolve.undo_resolve(self.stage.conn, **self._by(deed))

    def _dismiss(self, deed: Deed) -> None:
        resolve.dismiss(self.stage.conn, **self._by(deed))

    def _reopen(self, deed: Deed) -> None:
        resolve.reopen(self.stage.conn, **self._by(deed))

    def _note(self, deed: Deed) -> None:
        add_note(self.stage.conn, **self._by(deed), text="Look at this.")

    def _move(self, deed: Deed, *, team: int) -> None:
        assign.assign_team(self.stage.conn, **self._by(deed), team_id=self.stage.teams[team])

    def _assign(self, deed: Deed, *, agent: int) -> None:
        assign.assign(self.stage.conn, **self._by(deed), assignee_id=self.stage.agents[agent])

    def _topic(self, deed: Deed, *, topic: int) -> None:
        topic_labels.give_case(self.stage.conn, **self._by(deed), topic_id=self.stage.topics[topic])

    def _correct(self, deed: Deed, *, key: str, mood: str) -> None:
        [post] = fetch_values(self.stage.conn, "select id from posts where external_id = %(key)s", {"key": key})
        correct(self.stage.conn, post_id=PostId(post), field="mood", new=mood, agent_id=self.stage.agents[0], now=deed.at)

    def _look(self, deed: Deed) -> None:
        read_sources(self.stage, UNREAD, deed.at)
        follow_up.conclude_due(self.stage.conn, now=deed.at)

    def _ask(self, deed: Deed) -> None:
        while asking := survey.claim_survey(self.stage.conn, MEANS, now=deed.at):
            if asking.letter:
                survey.record_asked(self.stage.conn, asking.job, now=deed.at)
                self.links[asking.letter.to] = asking.letter.url.rpartition("/")[2]

    def _rate(self, deed: Deed, *, csat: int, solved: bool | None) -> None:
        asked = survey.opened(self.stage.conn, token=self.links[f"a{deed.life}@home.example"], secret_key=SECRET_KEY)
        assert survey.answer(self.stage.conn, asked, Answer(csat=csat, solved=solved, word=""), now=deed.at)
        while clocks.keep_due(self.stage.conn, now=deed.at):
            pass

    def _by(self, deed: Deed, agent: int = 0) -> dict[str, Any]:
        return {"case_id": self.cases[deed.life], "agent_id": self.stage.agents[agent], "now": deed.at}


def play(stage: Stage, lived: Iterable[Standing]) -> Player:
    """Do everything that happened in the year, in its order, the numbers kept all the while, and what is due up to now."""
    lives = list(lived)
    player = Player(
        stage=stage, lives={one.life.number: one.life for one in lives}, agreed=frozenset(one.life.number for one in lives if _agrees(one))
    )
    for place, deed in enumerate(sorted((deed for one in lives for deed in one.deeds), key=attrgetter("at"))):
        player.do(deed)
        if place % FOLD_EVERY == 0:
            facts.fold(stage.conn)
    _go_through(lambda: clocks.keep_due(stage.conn, now=NOW))
    _go_through(lambda: facts.fold(stage.conn))
    return player


def _go_through(work: Callable[[], object]) -> None:
    while work():
        pass


def _agrees(one: Standing) -> bool:
    return any(deed.verb == "ask" for deed in one.deeds)


_AGREE = """
with way as (
  insert into contact_ways (customer_id, kind, value, normal, created_at)
  select customer_id, 'email', %(mail)s, %(mail)s, %(at)s from cases where id = %(case)s returning id, customer_id
)
insert into consents (customer_id, contact_way_id, purpose, given, basis, at)
select customer_id, id, 'survey', true, 'told us', %(at)s from way
"""
