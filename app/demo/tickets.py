"""The demo's tickets: one in every state a ticket can be in, the scenario's own among them."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from app.demo.stage import Stage
from engine.commands import comments, tasks, tickets
from engine.values.tickets import Task
from engine.zone import at_home

Answers = Mapping[str, object]


def play(stage: Stage) -> None:
    """Work eight incidents to eight different ends."""
    _closed(stage)
    _sent_back(stage)
    _under_review(stage)
    _resolved(stage)
    _withdrawn(stage)
    _cancelled(stage)
    _on_hold(stage)
    _in_progress(stage)
    _open(stage, "支付页面偶发超时", category="application", sub_category="slow", impact="medium", urgency="medium")
    _open(
        stage,
        "部分地区用户集中无法访问网站",
        description="华东、华南多地用户反馈首页打不开，监控显示 CDN 华东节点回源失败率升高。",
        regions=["east", "south"],
        affected_users=20000,
    )


def _closed(stage: Stage) -> None:
    task = _open(stage, "官网证书即将过期导致告警", category="security", sub_category="certificate", impact="low")
    review = _work(stage, "yunwei1", task, _handling(stage, "更换证书并重载网关"))
    assess = _work(stage, "yunwei1", review, _review("证书到期提醒未配置"))
    _work(stage, "qc", assess, _assessment(5, 5), outcome="pass")


def _sent_back(stage: Stage) -> None:
    task = _open(stage, "登录接口大量报错", category="application", sub_category="error", urgency="high")
    review = _work(stage, "yunwei2", task, _handling(stage, "回滚昨晚发布的版本"))
    assess = _work(stage, "yunwei2", review, _review("发布未经灰度"))
    _work(stage, "qc", assess, _assessment(4, 3), outcome="redo", reason="影响范围缺少数据，请补充受影响用户数")


def _under_review(stage: Stage) -> None:
    task = _open(stage, "数据库从库延迟超过十分钟", category="database", sub_category="replication", impact="low")
    review = _work(stage, "yunwei1", task, _handling(stage, "重建从库复制链路"))
    _work(stage, "yunwei2", review, _review("大事务阻塞复制"))


def _resolved(stage: Stage) -> None:
    task = _open(stage, "北区机房一台主机磁盘告警", category="infrastructure", sub_category="disk", impact="low")
    _work(stage, "yunwei2", task, _handling(stage, "更换磁盘并完成重建"))


def _withdrawn(stage: Stage) -> None:
    task = _open(stage, "活动页面图片不显示", category="application", sub_category="error", impact="low", urgency="low")
    ticket = str(task.ticket_id)
    stage.do("kefu", lambda work: tickets.withdraw(work, ticket, reason="用户浏览器缓存问题，已自行恢复"))


def _cancelled(stage: Stage) -> None:
    task = _open(stage, "压测期间网站响应变慢", category="network", sub_category="latency", impact="low", urgency="low")
    ticket = str(task.ticket_id)
    stage.do("admin", lambda work: tickets.cancel(work, ticket, reason="计划内压测，不是故障"))


def _on_hold(stage: Stage) -> None:
    task = _open(stage, "海外用户访问缓慢", category="network", sub_category="latency", regions=["overseas"])
    stage.do("yunwei1", lambda work: tasks.claim(work, task.public_id))
    ticket = str(task.ticket_id)
    stage.do("yunwei1", lambda work: tickets.suspend(work, ticket, reason="等待运营商割接，预计明早恢复"))


def _in_progress(stage: Stage) -> None:
    task = _open(stage, "搜索结果为空", category="application", sub_category="error", impact="medium", urgency="high")
    stage.do("yunwei1", lambda work: tasks.claim(work, task.public_id))
    ticket = str(task.ticket_id)
    stage.do("yunwei1", lambda work: comments.comment(work, ticket, text="索引节点在重建，先观察。", internal=True))
    stage.do("kefu", lambda work: comments.comment(work, ticket, text="已有 12 位用户来电询问。", internal=False))


def _open(stage: Stage, title: str, **answers: object) -> Task:
    report: dict[str, object] = {
        "title": title,
        "business": "website",
        "description": title + "，由客服根据用户反馈提交。",
        "discovered_at": _moment(stage.at - timedelta(minutes=15)),
        "source": "monitor",
        "category": "network",
        "sub_category": "cdn",
        "impact": "high",
        "urgency": "high",
        "handling_team": "network",
        **answers,
    }
    opened = stage.do("kefu", lambda work: tickets.open_ticket(work, "fault", answers=report))
    return opened.tasks[0]


def _work(
    stage: Stage, name: str, task: Task, answers: Answers, *, outcome: str | None = None, reason: str | None = None
) -> Task:
    """Claim and complete a task; the one that opened, or the same when none did."""
    stage.do(name, lambda work: tasks.claim(work, task.public_id))
    done = stage.do(
        name,
        lambda work: tasks.complete(work, task.public_id, answers=answers, outcome=outcome, reason=reason),
    )
    return done.opened[0] if done.opened else task


def _handling(stage: Stage, actions: str) -> Answers:
    recovered = _moment(stage.at)
    return {"actions_taken": actions, "service_restored": "yes", "recovered_at": recovered}


def _review(root_cause: str) -> Answers:
    return {
        "root_cause_known": "yes",
        "root_cause": root_cause,
        "timeline": "发现后 15 分钟内响应，1 小时内恢复。",
        "impact_summary": "恢复前部分用户受影响，数据无丢失。",
        "improvement_actions": [{"what": "补充监控告警", "who": "yunwei1", "due": "2026-12-31"}],
        "need_problem": False,
    }


def _assessment(response: int, handling: int) -> Answers:
    return {"severity_final": "major", "response_rating": response, "handling_rating": handling}


def _moment(at: datetime) -> str:
    return at_home(at).isoformat(timespec="seconds")
