//! Creates and actions that take no key, and why each has no second effect without one.

use tests::Route;

const EXEMPT: &[(&str, &str)] = &[
    (
        "POST /v1/auth/login",
        "each is a session of its own; one whose answer was lost is seen in the list and ends by itself",
    ),
    ("POST /v1/auth/mfa", "finishes a log-in, once"),
    (
        "POST /v1/auth/refresh",
        "a token that was just used gets the same answer for ten seconds",
    ),
    ("POST /v1/auth/logout", "what has ended stays ended"),
    (
        "POST /v1/auth/switch-tenant",
        "the session is where it was to be",
    ),
    (
        "POST /v1/auth/step-up",
        "proves something of this moment, and nothing of it can be had twice",
    ),
    (
        "POST /v1/auth/forgot-password",
        "nobody asks yet; a newer link takes the older one's place, and letters are counted",
    ),
    ("POST /v1/auth/reset-password", "a link opens once"),
    ("POST /v1/auth/verify-email", "a link opens once"),
    (
        "POST /v1/me/mfa/totp",
        "counts for nothing before it is confirmed; the next one takes its place",
    ),
    ("POST /v1/members/leave", "who has left is no member"),
    ("POST /v1/invitations/preview", "changes nothing"),
    (
        "POST /v1/invitations/accept",
        "an invitation is accepted once, and who has accepted logs in; a kept answer would be a session, and who invited knows the token",
    ),
    (
        "POST /v1/projects/{project_id}/archive",
        "answers the project as it is where it is archived already",
    ),
    (
        "POST /v1/projects/{project_id}/unarchive",
        "the same the other way round",
    ),
    (
        "POST /v1/projects/{project_id}/files/{record_id}/upload-url",
        "an address changes nothing by itself; what is sent to it is noted once",
    ),
    (
        "POST /v1/tenant/domains/{domain}/verify",
        "answers the domain as it is where it is proved already",
    ),
    (
        "POST /v1/projects/{project_id}/search",
        "asks, and changes nothing",
    ),
    (
        "POST /v1/billing/webhook",
        "an event of the provider has an id, and is dealt with once",
    ),
];

/// GET changes nothing, PUT and DELETE leave what they were asked for however often they come.
#[test]
fn every_create_and_action_takes_a_key_or_says_why_not() {
    let routes = Route::all();
    let posts = routes.iter().filter(|route| route.method() == "POST");
    for route in posts {
        let is_exempt = EXEMPT.iter().any(|(key, _)| *key == route.route_key);
        assert!(
            route.idempotent != is_exempt,
            "{}: declare `.idempotent()` and answer with `Reply::keep`, or give the reason here",
            route.route_key
        );
    }
    for (key, _) in EXEMPT {
        assert!(
            routes.iter().any(|route| route.route_key == *key),
            "{key} is no route"
        );
    }
}
