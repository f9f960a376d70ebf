"""The vocabulary of generated tickets: invented people, shops and complaints, with the mess that real exports have."""

SUBJECTS = (
    "Cannot log in after password reset",
    "Invoice shows the wrong company name",
    "Refund for order {n}",
    "Export to CSV stops at 99 %",
    "App crashes when opening a photo",
    "Delivery {n} arrived damaged",
    "Please change my e-mail address",
    "Two-factor code never arrives",
    "Checkout: card declined twice",
    "Newsletter cannot be cancelled",
    "refund still missing, order {n}",
    "VAT number rejected at checkout",
    "Search finds nothing since the update",
    "Printer offline in room {m}",
    "New laptop for a colleague",
    "Wi-Fi drops every {m} minutes",
    "Subscription charged twice in March",
    "Question about the data processing agreement",
    "Wrong size delivered, order {n}",
    "Dashboard loads very slowly",
    "Please merge my two accounts",
    "Password reset link has expired",
    "Access to the shared drive",
    "Duplicate of {n}?",
    "Cannot upload files above {m} MB",
    "Price list for next year",
    "Voucher {n} not accepted",
    "Time zone of reports is off by one hour",
    "Return label for order {n}",
    "Licence key does not work",
)
ODD_SUBJECTS = (
    "=SUM(A1:A9) shows up in my report",
    "+49 number is not accepted",
    "@here nobody answers my tickets",
    "-- no subject --",
    "Zahlung schlägt fehl – „Karte ungültig“",
    "支払いが二重に請求されました",
    "استرداد المبلغ للطلب {n}",
    "החזר כספי להזמנה {n}",
    "🔥 Site down 🔥",
    "Refund 💸 please, order {n}",
    "<b>URGENT</b> refund & credit note",
    "FW: RE: RE: order {n}",
)
BODIES = (
    "Hello,\r\n\r\nthis happened again this morning. Could you have a look?\r\n\r\nThank you",
    "<p>Hello team,</p><p>please see the <b>attached</b> screenshot.</p><ul><li>step one</li><li>step two</li></ul>",
    "Steps to reproduce:\n1. open the page\n2. click on save\n3. nothing happens",
    "I have written three times now.\r\nNobody answers.",
    "Works on my phone, not on the laptop.",
    "Order number in the subject.\u00a0Please refund to the original card.",
    "",
    "<div>Sent from my phone</div>",
    "See ticket above. Same problem here; 2 colleagues affected.",
)
PEOPLE = (
    "Ada Osei",
    "Bruno Keller",
    "Chiara Conti",
    "Dmitri Petrov",
    "Elif Yılmaz",
    "Farid Haddad",
    "Grace Liu",
    "Hanna Virtanen",
    "Ivan Novák",
    "Jo Smith",
    "Jo Smith",
    "Kavya Rao",
)
CONTACTS = (
    "Lena Brandt",
    "Marco Silva",
    "Nadia Karim",
    "Owen Byrne",
    "Priya Nair",
    "Quentin Roux",
    "Rosa Gil",
    "Sven Dahl",
)
TAGS = (
    "billing",
    "Billing",
    "billling",
    "bill-ing",
    "refund",
    "refunds",
    "login",
    "log-in",
    "shipping",
    "delivery",
    "vip",
    "bug",
    "feature",
    "duplicate",
    "needs-info",
    "mobile",
)

# The vocabularies are assumptions: each customer of these tools sets up her own.
WORLDS: dict[str, dict[str, list[dict[str, object]]]] = {
    "jira": {
        "workspaces": [
            {"id": "10000", "name": "Payments"},
            {"id": "10001", "name": "Web shop"},
            {"id": "10002", "name": "Operations"},
        ],
        "ticket_status": [
            {"id": f"{home}{place}", "name": name, "workspace": {"id": f"1000{home}"}}
            for home, names in enumerate(
                (
                    ("To Do", "In Progress", "Done"),
                    ("To Do", "In Review", "Done", "Won't Do"),
                    ("Open", "Waiting", "Resolved"),
                ),
                0,
            )
            for place, name in enumerate(names, 31)
        ],
        "ticket_priorities": [
            {"id": str(n), "name": x} for n, x in enumerate(("Highest", "High", "Normal", "Low", "Lowest"), 1)
        ],
        "ticket_types": [{"id": str(10100 + n), "name": x} for n, x in enumerate(("Task", "Bug", "Story"))],
        "collections": [
            {"id": str(200 + n), "name": x, "type": "component"} for n, x in enumerate(("Checkout", "Search", "Mail"))
        ],
        "teams": [{"id": "t-1", "name": "First line"}, {"id": "t-2", "name": "Second line"}],
    },
    "freshdesk": {
        "ticket_status": [
            {"id": str(n), "name": x}
            for n, x in enumerate(("Open", "Pending", "Resolved", "Closed", "Waiting on Customer"), 2)
        ],
        "ticket_priorities": [{"id": str(n), "name": x} for n, x in enumerate(("Low", "Normal", "High", "Urgent"), 1)],
        "ticket_types": [
            {"id": x, "name": x} for x in ("Question", "Incident", "Problem", "Feature Request", "Refund")
        ],
        "accounts": [{"id": "61", "name": "Northwind Ltd"}, {"id": "62", "name": "Contoso GmbH"}],
    },
    "microsoftplanner": {
        "workspaces": [{"id": "xqQg5FS2LkCp935s-FIFm2QAFkHM", "name": "Support plan"}],
        "ticket_status": [
            {"id": "0", "name": "open"},
            {"id": "50", "name": "pending"},
            {"id": "100", "name": "completed"},
        ],
        "ticket_priorities": [
            {"id": str(n), "name": x} for n, x in ((1, "Urgent"), (3, "High"), (5, "Normal"), (9, "Low"))
        ],
        "collections": [
            {"id": f"bucket-{x}", "name": x.title(), "type": "bucket"} for x in ("inbox", "doing", "later")
        ],
        "tags": [
            {"id": f"category{n}", "name": x}
            for n, x in enumerate(("Billing", "Bug", "Delivery", "Duplicate", "Refund", "VIP"), 1)
        ],
    },
}
