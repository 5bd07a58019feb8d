"""What the cast of the demonstration has written. Invented, and without anybody who could be a patient."""

from __future__ import annotations

PACTS = (
    "We meet every second Friday at half past four, on the ward or by video. What we talk about stays between us, "
    "unless somebody is in danger. If one of us cannot come, we say so the evening before.",
    "Half an hour each week after the round. I bring one question, my mentor brings one case. Notes stay with me.",
    "We agreed on six meetings. I write the agenda two days before. We both switch our phones off.",
)
GOALS = (
    "1. Take a history in fifteen minutes without looking at my sheet: we see it when I present to the team.\n"
    "2. Give bad news with somebody beside me: we talk it over afterwards.\n"
    "3. Read one paper a month and say in three sentences whether it changes what we do.",
    "1. Present a case in three minutes. 2. Ask what the patient thinks is wrong, every time. "
    "3. Learn to say that I do not know.",
    "I want to examine a knee so that my mentor would trust the finding, and to write notes for the night team.",
)
HISTORIES = (
    "A woman in her sixties came with breathlessness that had grown over three weeks. She sleeps on two pillows now. "
    "She thinks it is her age; she is most afraid of not reaching her garden. I heard fine crackles at both bases.",
    "A man who works at night came with belly pain that wakes him before the end of his shift. It eases when he eats. "
    "He takes painkillers for his back most days and had not thought of mentioning them.",
    "A student had fainted twice while standing in line. No warning, pale, awake again within a minute. "
    "His grandmother said that it runs in the family, which nobody had asked about before.",
)
REFLECTIONS = (
    "In the first week I read my questions from a sheet. Now I listen first and ask afterwards. "
    "What comes next: to say my own assessment aloud before I ask for my mentor’s.",
    "I learned most on the day when I was wrong. Next term I want to lead the round for two beds.",
)
FEEDBACK = (
    "You let the patient finish before you asked anything. Keep that. Next time ask what they think is wrong: "
    "you will get the second half of the history for free.",
    "Clear and short. I could have handed over from it. Put the social history before the plan next time.",
    "A good page. Say what you would do first, and why, even when you are not sure.",
    "Honest, and you name what you did not ask. That is how one gets better at it.",
)
ANSWERS = (
    {
        "entrustment": ("3",),
        "keep": ("Warms the hands, explains each step, and watches the face.",),
        "better": ("Percuss before you listen; you went back twice.",),
    },
    {
        "entrustment": ("4",),
        "keep": ("Finds the liver edge and says how sure they are.",),
        "better": ("Look at the jugular vein in good light, and take your time.",),
    },
    {
        "entrustment": ("2",),
        "keep": ("Asks before touching.",),
        "better": ("Practise the order of a chest examination until you need not think of it.",),
    },
)
QUESTION = (
    "I came to the course late, from the evening clinic. I would like to learn taking a history; Thursdays are free."
)
"""What the latecomer writes to a mentor."""
READINGS = (
    "Five papers on who comes back to the ward within a month. All count how often; only one asked the patients why. "
    "Nobody says what those did differently who did not come back.",
    "Most studies measure pain once a day. What is not known: whether asking at night changes what is given by day.",
    "I found six papers. Three had fewer than forty people, and none was from a clinic without a laboratory.",
)
PLANS = (
    "Question: do patients who draw their own medicine plan make fewer mistakes in the first week at home? "
    "I ask forty people by telephone on day seven. I need the consent form, and the list of discharges each Monday.",
    "Question: how long does a handover take when nobody interrupts? I watch thirty, with a watch and one page each.",
)
RESEARCH_FEEDBACK = (
    "You say what is not known, which is the hard part. Next: which of these gaps could you close in one term?",
    "One clear question. Write down now what result would make you change your mind.",
    "This will matter on the ward. Talk with the night team before you begin; they know why it is as it is.",
)
