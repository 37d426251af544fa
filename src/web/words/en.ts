/**
 * Everything the app says, in English. Another language is another table of this type. No pronouns for people, no
 * guilt, no guessing: what a thing is, what it does, what happens next.
 */
import type { InvitationFault } from "../../protocol/invitation.ts";
import type { RefusalCode } from "../../protocol/frames.ts";
import type { FeelingName } from "../../senses/feeling/feeling.ts";
import type { SenseName } from "../../senses/index.ts";
import type { Give } from "../../senses/sense.ts";
import type { ActRefusal, Trouble, TurnedAway } from "../../line/state.ts";
import { createPlural, isolate } from "./plural.ts";

const plural = createPlural("en");

const turnedAway: Record<TurnedAway, { readonly title: string; readonly text: string }> = {
  taken: {
    title: "This invitation was used already",
    text: "It works once, and someone was let in with it. If that was not you, ask for a new one, in person or by a way you trust.",
  },
  expired: { title: "This invitation is too old", text: "An invitation lasts one day. Ask for a new one." },
  unknown: {
    title: "Nobody waits behind this invitation",
    text: "The relay does not know it. It may have been taken back, or the relay may have been set up anew. Ask for a new one.",
  },
  impostor: {
    title: "Someone else answered",
    text: "The answer did not come from the person who made this invitation, so nothing was opened. Ask for a new invitation by a way you trust.",
  },
  "bad-welcome": {
    title: "The door did not open",
    text: "The other device let this one in, but what it sent could not be opened here. Ask for a new invitation.",
  },
};

const refusedText: Record<RefusalCode, string> = {
  malformed: "The relay could not make sense of what this app sent. Reload the page; it may be out of date.",
  version: "The relay and this app speak different versions. Reload the page first.",
  unknown: "The relay does not know this line or this device.",
  taken: "The relay says that this invitation was used already.",
  revoked: "This device was taken out of the line.",
  closed: "This relay makes no new lines without its keeper’s token.",
  stale: "The line has moved on; catching up.",
  gap: "The relay is missing something this device said before.",
  full: "Your room on this relay is used up. What you say waits here.",
  busy: "The relay is busy. This device tries again by itself.",
  expired: "This invitation is older than a day.",
  crowded: "Four people are waiting at this invitation already. This device tries again by itself.",
  forbidden: "The relay does not let this device do that.",
  unavailable: "The relay cannot store anything at the moment. What you say waits here.",
};

const troubleText: Record<Exclude<Trouble["is"], "refused">, string> = {
  "wrong-relay": "Another relay answers at this address, not the one this line was made with. Nothing is sent to it.",
  version: "The relay and this app speak different versions. Reload the page first; if that does not help, one of them has to be updated.",
  revoked: "This device was taken out of the line. What it kept stays here; nothing new comes in.",
  "unknown-here": "The relay does not know this line any more. It may have been set up anew. What this device kept is still here.",
  forked:
    "What the two of you were shown of this line differs: the relay did that, or a Beside that is not as it should be. The line has stopped, so that nothing is built on that. Tell each other by another way.",
  rewound: "The relay has lost records that it had confirmed. Nothing is sent until that is settled.",
  "set-back":
    "What this device remembers is older than what it once said, as after a restored backup. It has stopped, so that nothing is said twice under one key. What it kept is still here.",
  "cannot-follow": "This device cannot follow a change of keys on the line. What it kept is still here.",
  "storage-full": "This device has no room left. Free some, and what is under way goes on by itself.",
  "storage-gone": "The browser took this page’s storage away. Reload the page to see what is left of it.",
  "closed-relay": "This relay makes no new lines without a token from its keeper.",
};

const actText: Record<ActRefusal, string> = {
  empty: "There is nothing to read in it yet.",
  "too-long": "That is too long to send at once. Say it in two parts.",
  "bad-name": "A name with something to read in it, please, and not longer than a line.",
  "not-given": "You do not give this at the moment. You can change that below.",
  uncertain: "Another tab closed while this was under way. Look whether it is there before you say it again.",
  ended: "This line has ended.",
  "not-inviting": "Nobody can be let in here any more.",
  accepting: "Someone is being let in already.",
  "no-such-knock": "Nobody waits there any more.",
  "not-together": "The two of you are not together yet. Nothing was sent.",
};

const feelings: Record<FeelingName, string> = {
  love: "love",
  warmth: "warmth",
  joy: "joy",
  hope: "hope",
  ease: "ease",
  calm: "calm",
  quiet: "quiet",
  sad: "sad",
  longing: "longing",
  tender: "tender",
  worry: "worry",
};

const senses: Record<SenseName, string> = { presence: "presence", feeling: "feeling", touch: "touch", thought: "words", name: "name", boundary: "boundary" };
const gives: Record<Give, string> = { off: "off", coarse: "roughly", full: "on" };

const invitationFault: Record<InvitationFault | "own-invitation" | "used-here", string> = {
  "not-an-invitation": "That is not an invitation to Beside.",
  incomplete: "A part of the link is missing. Copy all of it, from “https” to its end.",
  newer: "This invitation was made by a newer Beside. Reload this page and try again.",
  "own-invitation": "That is your own invitation. It is for the other person.",
  "used-here": "You joined with this invitation already: the line is here.",
};

export const en = {
  language: "en",
  direction: "ltr" as "ltr" | "rtl",
  title: "Beside",
  justNow: "just now",
  someone: "the other",
  isolate,

  common: { back: "Back", close: "Close", later: "Later", copy: "Copy the link", copied: "Copied", cancel: "Cancel", ok: "All right" },

  opening: { text: "Opening…", slow: "Another tab of this browser holds Beside and does not answer. Close it, or reload both." },
  unavailable: {
    newer: {
      title: "A newer Beside was here",
      text: "What this browser keeps was written by a newer version. Nothing was touched. Reload this page; if it still says so, the address serves an older version than you used before.",
    },
    damaged: {
      title: "What this browser keeps cannot be read",
      text: "Nothing was changed or deleted. If you have Beside on another device, what the two of you made is still there.",
    },
    unavailable: {
      title: "This browser keeps nothing here",
      text: "Beside keeps everything on your own device, and this window does not let it: a private window does that, or a setting. Open it in an ordinary window.",
    },
    reload: "Reload",
  },

  first: {
    title: "Beside",
    what: "A line between exactly two people: each sees when the other is near, and can send a feeling, a few words, a touch. It is sealed on your own devices, needs no account, and the relay that carries it cannot read it.",
    name: "Your name",
    nameHint: "As the other will see it. You can change it.",
    invite: "Invite the other",
    invited: "I was invited",
    paste: "The link you were given",
    pasteHint: "Paste it here. It is not kept in this page’s address.",
    join: "Join",
    token: "Token for this relay",
    tokenHint: "Whoever runs this relay can give you one.",
    again: "Try again",
  },

  arrived: {
    title: "You were invited",
    text: "Someone gave you this link to make a line between the two of you. Opening it did nothing yet; when you join, the one who made it sees your name and lets you in.",
    join: "Join",
    notNow: "Not now",
    elsewhere: (relay: string) => `This invitation was made at ${isolate(relay)}. Open it there, unless you know that both addresses lead to the same relay.`,
    openThere: "Open it there",
    joinHere: "Join here",
  },

  wrong: {
    "bad-name": "A name with something to read in it, please, and not longer than a line.",
    "bad-relay": "This page’s address cannot be a relay.",
    full: "This device has no room left. Free some and try again.",
    gone: "The browser took this page’s storage away. Reload the page.",
    ...invitationFault,
  },

  making: {
    title: "Making a line",
    text: "The relay is asked for a line. This takes a moment.",
    offline: "The relay does not answer. This device keeps trying.",
  },

  inviting: {
    title: "Invite the one person",
    text: (until: string) => `Show this, or send the link in a way you trust. It works once, until ${until}, and nothing opens until you accept.`,
    qr: "QR code of the invitation link",
    share: "Send the link",
    shareText: "A line between the two of us, on Beside:",
    link: "The link",
    waiting: "Waiting for a knock",
    waitingHint: "You will see who it is before anything opens.",
    knocks: "At the door",
    knockedAt: (at: string) => `knocked at ${at}`,
    accept: "Accept",
    acceptName: (name: string) => `Accept ${isolate(name)}`,
    accepting: (name: string) => `Letting ${isolate(name)} in…`,
    several: "More than one person has this link. Accept only the one you mean; the six words will tell.",
    takeBack: "Take the invitation back",
    takeBackSure: "Nobody will be let in with this link. Take it back?",
    takeBackYes: "Yes, take it back",
  },

  knocking: {
    title: "You have knocked",
    delivered: "The one who invited you sees your name, and opens when it suits. You can close this page; it goes on from here.",
    notYet: "The knock has not reached the relay yet. This device keeps trying.",
    relay: (relay: string) => `Your relay is ${isolate(relay)}.`,
    giveUp: "Give up",
  },

  turnedAway,
  turnedAwayBack: "Start again",

  six: {
    title: (name: string) => `Are these the same for ${isolate(name)}?`,
    text: "Read them to each other, side by side or on a call where you know the voice. If they are the same, nobody stands between you.",
    making: "The words are being made. This takes a moment.",
    compared: "We compared them",
    later: "Later",
    done: "You compared these in person.",
    undo: "Not compared after all",
    different: "If they differ, do not go on with this line: make a new one by a way you trust.",
    chip: "not compared",
    chipHint: "Compare six words",
  },

  ask: {
    title: (name: string) => `Show ${isolate(name)} when you are here?`,
    text: "While Beside is open, and for how long since, in steps of five minutes. You see that you give it, and can stop at any time.",
    yes: "Yes, show it",
    no: "No, not now",
  },

  state: {
    beside: "beside you, now",
    near: (age: string) => `near · ${age}`,
    around: (age: string) => `around · ${age}`,
    far: (age: string) => `far · ${age}`,
    unheard: (since: string) => `unheard since ${since}`,
    unheardEver: "not heard yet",
    closed: (since: string) => `presence closed at ${since}`,
    closedEver: "presence is not given",
    live: (name: string, sentence: string) => `${isolate(name)}: ${sentence}`,
    feels: (feeling: string, age: string) => `${feeling} · ${age}`,
  },

  mine: {
    hour: (hour: string) => hour,
    give: "You give",
    giveOn: (sense: string, until: string | undefined) =>
      until === undefined ? `You give: ${sense}. Press to stop.` : `You give: ${sense}, until ${until}. Press to stop.`,
    giveOff: (sense: string) => `You do not give: ${sense}. Press to give it.`,
    fine: "your connection is fine",
    connecting: "connecting…",
    offline: (since: string) => `You have had no connection since ${since}. What you say waits on this device.`,
    waiting: (count: number) => plural(count, { one: "# thing waits to be sent", other: "# things wait to be sent" }),
    tryNow: "Try now",
    clock: (minutes: number) =>
      plural(Math.abs(minutes), {
        one: minutes > 0 ? "This device’s clock is # minute ahead." : "This device’s clock is # minute behind.",
        other: minutes > 0 ? "This device’s clock is # minutes ahead." : "This device’s clock is # minutes behind.",
      }),
    latecomer: (at: string) => `Someone came with your invitation at ${at}, after it was used, and was turned away.`,
    gap: "This device was away for so long that some records are gone from the relay.",
  },

  trouble: (trouble: Trouble): string => (trouble.is === "refused" ? refusedText[trouble.code] : troubleText[trouble.is]),

  touch: {
    hold: (name: string) => `Hold to touch ${isolate(name)}`,
    hint: "hold your light to touch",
    mine: "You hold out your hand.",
    offered: (name: string) => `${isolate(name)} holds out a hand. Hold your light to meet it.`,
    met: "You hold each other.",
    sound: "A low tone while you touch",
  },

  feel: {
    open: "Feel",
    title: "How do you feel?",
    hint: "The colour is the feeling, the distance is how strong. Let go to send.",
    keys: "Left and right change the feeling, up and down how strong, Enter sends.",
    names: feelings,
    strengths: ["faintly", "", "strongly"] as readonly [string, string, string],
    said: (feeling: string, strength: string) => (strength === "" ? feeling : `${feeling}, ${strength}`),
    sent: (feeling: string) => `Sent: ${feeling}`,
    other: (name: string, feeling: string) => `${isolate(name)} sends ${feeling}`,
    middle: "let go here to send nothing",
  },

  say: {
    open: "Say",
    title: (name: string) => `Say something to ${isolate(name)}`,
    box: "What you want to say",
    hint: "It needs no answer.",
    fades: "fades",
    fadesHint: "gone a minute after it was seen, here and there, and not kept",
    carry: "With a feeling",
    none: "none",
    send: "Send",
    recent: "Lately",
    me: "you",
    waiting: "waits to be sent",
    more: (count: number) => plural(count, { one: "and # more", other: "and # more" }),
    tooLong: "That is too long to send at once. Say it in two parts.",
  },

  refused: (why: ActRefusal): string => actText[why],

  between: {
    open: "Between us",
    title: "Between us",
    text: "What the two of you kept, on this device. It is yours.",
    nothing: "Nothing yet.",
    older: "Show older",
    newer: "from a newer Beside",
    you: "You",
    saveTitle: "Take it with you",
    saveText: "Made on this device; nothing is sent. Whoever has the file can read it.",
    savePage: "Save as a page",
    saveData: "Save as data",
    flows: "What flows",
    flowsText: "Both of you see this same list. Each changes only their own side.",
    flowsMine: "you give",
    flowsTheirs: (name: string) => `${isolate(name)} gives`,
    until: (day: string) => `until ${day}`,
    yourName: "Your name",
    changeName: "Change",
    words: "Six words",
    wordsCompared: "compared in person",
    wordsNot: "not compared yet",
    sound: "Sound",
    lines: "Your lines",
    relay: (relay: string) => `Carried by ${isolate(relay)}`,
  },

  kept: {
    feeling: (feeling: string) => feeling,
    named: (name: string) => `chose the name ${isolate(name)}`,
    gave: (sense: string) => `began to give ${sense}`,
    gaveRoughly: (sense: string) => `gives ${sense} roughly`,
    stopped: (sense: string) => `stopped giving ${sense}`,
    page: (me: string, other: string) => `${isolate(me)} and ${isolate(other)}`,
    pageText: (day: string) => `Saved from Beside on ${day}.`,
  },

  senses,
  gives,

  ended: {
    title: "This line has ended",
    me: "You ended it. What you kept stays here for as long as you want it.",
    other: (name: string) => `${isolate(name)} ended it. What you kept stays here for as long as you want it.`,
  },
};

export type Words = typeof en;
