"""URLs of the policy: the rules, their versions, drafts and what they would change, and declared priorities."""

from django.urls import path

from triage.views import policies, policy_drafts

_DRAFT = "policy/drafts/<int:pk>"

urlpatterns = [
    path("policy/", policies.policy, name="policy"),
    path("policy/versions/", policies.version_list, name="policy-version-list"),
    path("policy/versions/<int:number>/", policies.version, name="policy-version"),
    path("policy/compare/", policies.compare, name="policy-compare"),
    path("policy/priorities/", policies.priority_list, name="policy-priority-list"),
    path("policy/priorities/declare/", policies.priority_declare, name="policy-priority-declare"),
    path("policy/priorities/<int:pk>/end/", policies.priority_end, name="policy-priority-end"),
    path("policy/drafts/", policy_drafts.draft_list, name="policy-draft-list"),
    path("policy/drafts/start/", policy_drafts.draft_start, name="policy-draft-start"),
    path(f"{_DRAFT}/", policy_drafts.draft, name="policy-draft"),
    path(f"{_DRAFT}/change/", policy_drafts.draft_change, name="policy-draft-change"),
    path(f"{_DRAFT}/what-if/", policy_drafts.draft_what_if, name="policy-draft-what-if"),
    path(f"{_DRAFT}/back-test/", policy_drafts.draft_back_test, name="policy-draft-back-test"),
    path(f"{_DRAFT}/sign/", policy_drafts.draft_sign, name="policy-draft-sign"),
    path(f"{_DRAFT}/take-back/", policy_drafts.draft_take_back, name="policy-draft-take-back"),
    path(f"{_DRAFT}/activate/", policy_drafts.draft_activate, name="policy-draft-activate"),
    path(f"{_DRAFT}/withdraw/", policy_drafts.draft_withdraw, name="policy-draft-withdraw"),
]
