"""Bodies and answers of the profiles contract, as its documents show them."""

from typing import Any

PROFILES = [{"id": 1, "profilename": "Bronze"}, {"id": 2, "profilename": "Silver"}]
SALES = {
    "period": "monthly",
    "maximum": 1000,
    "minimum": 0,
    "display_name": "Personal sales",
    "currency_code": "EUR",
}
REACHED = {
    **SALES,
    "current": 750.5,
    "percentage": 75.05,
    "difference": 249.5,
    "period_start": "2026-03-01",
    "period_end": "2026-03-31",
}
VALUE = {
    "user": 101,
    "goal": "personal_sales",
    "amount": "120.50",
    "occurred_at": "2026-03-10T12:00:00Z",
    "source_uid": "invoice-2026-0815",
}


def good(data: Any) -> dict[str, Any]:
    """What a good answer is wrapped in."""
    return {"status_code": 200, "errors": {}, "data": data}


RECORDED = good({"accepted": 1, "repeated": 0})
OVERVIEW = good({"user_goals": {"personal_sales": REACHED}, "eligibleforupdate": False, "profiles": PROFILES})
LEADERBOARD = good(
    {
        "courseList": [
            {
                "thumbnail": "",
                "duration": 45,
                "title": "First calls",
                "short_description": "How to begin, and how to go on.",
                "detail_url": "https://learn.example.org/first-calls",
            }
        ],
        "goals": {"personal_sales": SALES},
        "selected_goal": "personal_sales",
        "selected_profile": 1,
        "profiles_leader_board_data": {
            "101": {
                "name": "Ada Ahorn",
                "level": 1,
                "overall": 75.05,
                "percentage": 75.05,
                "image": "",
                "rank": 1,
                "tied": False,
            }
        },
        "goal_leader_board_user_data": {
            "101": {
                "value": 750.5,
                "image": "",
                "firstname": "Ada",
                "surname": "Ahorn",
                "percentage": 75.05,
                "rank": 1,
                "tied": False,
            }
        },
        "participants": 12,
        "current_goal_info": {"personal_sales": REACHED},
        "goal_status": {
            "goal": "1000",
            "achieved": "750.5",
            "status_text": "Personal sales: 249.5 EUR to go until 2026-03-31.",
        },
        "current_goal_details": {
            "variants": [
                {
                    "step": "Call whom you have not called for a month",
                    "active_link": "",
                    "recommended_course": "https://learn.example.org/first-calls",
                    "recommended_article": "",
                }
            ]
        },
        "profiles": PROFILES,
    }
)
