/**
 * Everything the app says, in English. Another language is another table of this type. No pronouns for people, no
 * guilt, no guessing: what a thing is, what it does, what happens next.
 */
import type { AbilityWords, Verdict } from "../abilities.ts";
import type { CameraFault } from "../adapters/camera.ts";
import type { LinkKind, Scanned } from "../scanned.ts";
import type { InvitationFault } from "../../protocol/invitation.ts";
import type { RefusalCode } from "../../protocol/frames.ts";
import type { FeelingName } from "../../senses/feeling/feeling.ts";
import type { SenseName } from "../../senses/index.ts";
import type { Give } from "../../senses/sense.ts";
import type { Progress, RestoreFault } from "../../line/home.ts";
import type { ActRefusal, Mending, Trouble, TurnedAway } from "../../line/state.ts";
import type { DeviceNotice } from "../../line/view.ts";
import { createLength, createPlural, isolate } from "./plural.ts";

const plural = createPlural("en");
const length = createLength("en");
/** Where a name is not known; and at the beginning of a sentence. */
const someone = "the other";
const someoneFirst = "The other";
/** When it was, after a sentence: the dot goes with the time where the line ends between them. */
const on = (at: string): string => ` ·\u00a0${at}`;
const first = (name: string): string => isolate(name === someone ? someoneFirst : name);
const percent = new Intl.NumberFormat("en", { style: "percent", maximumFractionDigits: 0 });

const turnedAway: Record<TurnedAway, { readonly title: string; readonly text: string }> = {
  taken: {
    title: "This invitation was used already",
    text: "It works once, and someone was let in with it. If that was not you, ask for a new one, in person or by a way you trust.",
  },
  expired: { title: "This link is too old", text: "An invitation lasts one day, the link for a device of your own ten minutes. Ask for a new one." },
  unknown: {
    title: "Nobody waits behind this link",
    text: "The relay does not know it. It may have been taken back, or the relay may have been set up anew. Ask for a new one.",
  },
  impostor: {
    title: "Someone else answered",
    text: "The answer did not come from the one who made this link, so nothing was opened. Ask for a new link by a way you trust.",
  },
  "bad-welcome": {
    title: "The door did not open",
    text: "The other device let this one in, but what it sent could not be opened here. Ask for a new link.",
  },
};

const refusedText: Record<RefusalCode, string> = {
  malformed: "The relay could not make sense of what this app sent. Reload the page, and use a new version if one is offered.",
  version: "The relay and this app speak different versions. Reload the page, and use a new version if one is offered.",
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
  version:
    "The relay and this app speak different versions. Reload the page, and use a new version if one is offered; if that does not help, one of them has to be updated.",
  revoked: "This device was taken out of the line, by another device of yours or with your twelve words. What it kept stays here; nothing new comes in.",
  "unknown-here": "The relay does not know this line any more. It may have been set up anew. What this device kept is still here.",
  forked: "The relay told the two of you different things about this line. The line has stopped; what you say waits on this device.",
  rewound: "The relay has forgotten things that it had confirmed. The line has stopped; what you say waits on this device.",
  twin: "Another copy of this device is in use. This one has stopped; what you say waits here.",
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
  adding: "A device is being added already. Finish that first.",
  "no-such-device": "That device is gone already.",
  "too-new": "This device is new: in its first day it cannot do that, unless an older one vouches for it.",
  "too-many-devices": "You have four devices on this line, which is all there is room for. Remove one first.",
  "needs-words": "Only your twelve words could do that.",
  offline: "There is no connection to the relay at the moment. Nothing was changed; try again in a while.",
};

/** A line that stopped, and goes on only when its person says so. */
type Stopped = Extract<Trouble["is"], "forked" | "rewound" | "twin">;
const stopped: Record<Stopped, { readonly title: string; readonly what: string; readonly kept: string; readonly goOn: string }> = {
  forked: {
    title: "Two stories of one line",
    what: "Your two devices compared what the relay gave them, and it is not the same: something was left out, or told in another order. The relay did that, or a Beside on one side is not as it should be. It could not read anything, and could not speak as one of you. What was kept from whom is not known yet.",
    kept: "Everything that came before, and what you said since, is on this device. What you say now stays here and waits.",
    goOn: "Talk first, by another way, a call say: do you both want to go on with this relay? Then do it on both sides. What the relay has now counts for both of you; what either of you has and the relay does not is sent again, each thing once. Both of you are shown that it was done.",
  },
  rewound: {
    title: "The relay forgot something",
    what: "It had confirmed things on this line and does not have them any more, as after an old backup was put back there. Whether it finds them again is not known.",
    kept: "This device still has them, and what you said since. What you say now stays here and waits.",
    goOn: "If whoever runs the relay can bring everything back, wait: then all goes on by itself. If not, go on, on both sides: the line goes on from what the relay has now, and what either of you has and the relay does not is sent again, each thing once.",
  },
  twin: {
    title: "This device is there twice",
    what: "Twice within an hour the relay had things from this device that this device does not know. So another copy of it is in use: a copied browser profile, or a backup that was put back while the first one went on. What the other copy said is not known here yet.",
    kept: "Everything that was on this device is still here. What you say now stays here and waits.",
    goOn: "Close the other copy first, for good. Then this one goes on: it gets what the other copy said, and what it has and the relay does not is sent again.",
  },
};

const mending: Record<Mending, string> = {
  gap: "Taking the line up again: this device was away for long, and fetches what it missed…",
  "set-back": "Taking the line up again: an older copy of this device was put back, and gets what it does not know…",
  "cannot-follow": "Taking the line up again: this device had lost its place…",
  "taken-up": "Taking the line up again, with what the relay has now…",
};

const deviceNotices: Record<DeviceNotice["is"], { readonly me: (name: string, at: string) => string; readonly other: (who: string, at: string) => string }> = {
  added: {
    me: (name, at) => (name === "" ? `A device of yours was added${on(at)}` : `Your device ${quote(name)} was added${on(at)}`),
    other: (who, at) => `${first(who)} added a device${on(at)}`,
  },
  removed: {
    me: (name, at) => (name === "" ? `A device of yours was removed${on(at)}` : `Your device ${quote(name)} was removed${on(at)}`),
    other: (who, at) => `${first(who)} removed a device${on(at)}`,
  },
  restored: {
    me: (_, at) => `You came back with your twelve words; your earlier devices are shut out${on(at)}`,
    other: (who, at) =>
      `${first(who)} came back with the twelve words, on a new device; the earlier ones are shut out. If that surprises you, ask ${isolate(who)} by another way${on(at)}`,
  },
  again: {
    me: (_, at) => `A device of yours made the line’s keys anew; nothing kept was lost${on(at)}`,
    other: (who, at) => `A device of ${isolate(who)} made the line’s keys anew; nothing kept was lost${on(at)}`,
  },
};

/** A name in quotation marks, in its own direction. */
const quote = (name: string): string => `“${isolate(name)}”`;

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

const senses: Record<SenseName, string> = {
  presence: "presence",
  feeling: "feeling",
  touch: "touch",
  thought: "words",
  name: "name",
  hour: "hour",
  boundary: "boundary",
};
const gives: Record<Give, string> = { off: "off", coarse: "roughly", full: "on" };

const invitationFault: Record<InvitationFault | "own-invitation" | "used-here", string> = {
  "not-an-invitation": "That is not an invitation to Beside.",
  incomplete: "A part of the link is missing. Copy all of it, from “https” to its end.",
  newer: "This link was made by a newer Beside. Reload this page and try again.",
  "own-invitation": "That is your own invitation. It is for the other person.",
  "used-here": "You joined with this invitation already: the line is here.",
};

const badName = "A name with something to read in it, please, and not longer than a line.";
const full = "This device has no room left. Free some and try again.";
const gone = "The browser took this page’s storage away. Reload the page.";

const restoreFault: Record<RestoreFault, string> = {
  "not-words": "These are not twelve words that belong together. Look at their order, and at words that are easily mistaken.",
  "bad-name": badName,
  "bad-relay": "That is not the address of a relay. It looks like https://relay.example.org.",
  unreachable: "The relay does not answer, or stopped answering. Nothing was changed; try again in a while.",
  "nothing-found": "The words are in order, but this relay knows no line of theirs. Was it another relay?",
  damaged: "The line was found, but what was kept of it does not open with these words. If you still have one of your devices, add this one from there.",
  "used-here": "A line of these words is on this device already.",
  "other-first": "The words are right. The other’s device has to be connected once before this works: ask for Beside to be opened there, then try again.",
  busy: "Lines of these words were brought back several times within an hour. Wait an hour, and try again.",
  full,
  gone,
};

export const en = {
  language: "en",
  direction: "ltr" as "ltr" | "rtl",
  title: "Beside",
  justNow: "just now",
  someone,
  someoneFirst,
  isolate,

  common: { back: "Back", close: "Close", later: "Later", copy: "Copy the link", copied: "Copied", cancel: "Cancel", ok: "All right" },

  opening: {
    text: "Opening…",
    missing: "A part of this page could not be fetched: the relay does not answer.",
    slow: "Another tab of this browser holds Beside and does not answer. Close it, or reload both.",
  },
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
    what: "A line between exactly two people: to be near, to send a feeling, a few words, a touch. It needs no account, and nobody on the way can read it.",
    name: "Your name",
    nameHint: "As the other will see it. You can change it.",
    invite: "Invite the other",
    invited: "I was invited",
    invitedText: "Scan the code that the other shows, or paste the link that came from there.",
    paste: "The link you were given",
    pasteHint: "It can be pasted here, too.",
    join: "Join",
    token: "Token for this relay",
    tokenHint: "Whoever runs this relay can give you one.",
    again: "Try again",
    other: "Or you have a line already",
    device: "Add this device to mine",
    lost: "I lost my device",
    saved: "Read a saved line",
  },

  arrived: {
    title: "You were invited",
    text: "To a line between you and the one who gave you this link. Nothing has happened yet: when you join, your name is shown there, to be let in.",
    join: "Join",
    notNow: "Not now",
    elsewhere: (relay: string) => `This invitation was made at ${isolate(relay)}. Open it there, unless you know that both addresses lead to the same relay.`,
    openThere: "Open it there",
    joinHere: "Join here",
  },

  wrong: {
    "bad-name": badName,
    "bad-relay": "This page’s address cannot be a relay.",
    "needs-words": "The keys that this device keeps for new lines are used up. Bring your lines back with your twelve words, on a new device, to make more.",
    "device-link": "That link adds one more device of your own. Go back, and choose “Add this device to mine”.",
    full,
    gone,
    ...invitationFault,
  },

  arrive: {
    title: "Add this device to yours",
    text: "On a device that has the line: More, Your devices, Add a device. Scan the code that it shows, or paste its link.",
    arrived: "A device of yours showed this link. Opening it did nothing yet; when you go on, that device shows this one’s name, and you let it in there.",
    onlyYours: "If the link came from somebody else, it is not for this. Ask for an invitation instead.",
    name: "What this device is called",
    nameHint: "Your own devices show it. The other does not see it.",
    guess: { phone: "Phone", tablet: "Tablet", computer: "Computer" },
    link: "The link from your other device",
    go: "Ask to be let in",
    elsewhere: (relay: string) => `This line is at ${isolate(relay)}. Open the link there, unless you know that both addresses lead to the same relay.`,
    goHere: "Ask here",
    wrong: {
      "not-an-invitation": "That is not a device link of Beside.",
      invitation: "That is an invitation from another person. Go back, and choose “I was invited”.",
      incomplete: invitationFault.incomplete,
      newer: invitationFault.newer,
      "used-here": "This line is on this device already.",
      "bad-name": badName,
      full,
      gone,
    },
  },

  arriving: {
    asking: {
      title: "Are these the same on the other?",
      text: "Your other device shows this device’s name and three words. If they are these, press “Let it in” there.",
    },
    "let-in": { title: "Let in", text: "Your other device opened the line for this one. Leave both open for a moment." },
    fetching: { title: "Bringing everything over", text: "This device is on the line. What the two of you kept is on its way here, sealed." },
    code: "Three words to compare",
    steps: { asking: "compared", "let-in": "let in", fetching: "brought over" },
    giveUp: "Give up",
    giveUpSure: "This device forgets what it has so far. If it is on the list of your devices by then, remove it there.",
    giveUpYes: "Yes, give up",
  },

  lost: {
    title: "Bring your lines back",
    text: "With your twelve words, what was backed up on the line comes to this device. Your earlier devices are shut out at once, and the other is told.",
    words: "Your twelve words",
    wordsHint: "In their order. Capital letters and commas do not matter.",
    counted: (count: number) => plural(count, { one: "# of 12 words", other: "# of 12 words" }),
    unknown: (words: readonly string[]) => `Not on the list of words: ${words.map(quote).join(", ")}. Look at the spelling.`,
    relay: "The relay that carried your lines",
    relayHint: "This page’s own, unless you used another.",
    elsewhere: (relay: string) => `A page speaks only with its own relay. Open Beside at ${isolate(relay)} and bring your lines back there.`,
    openThere: "Open it there",
    go: "Bring them back",
    progress: {
      finding: (lines: number) =>
        lines === 0 ? "Looking for your lines…" : plural(lines, { one: "Looking for more lines…", other: "Looking for more lines…" }),
      fetching: (share: number | null) => (share === null ? "Fetching what you kept…" : `Fetching what you kept: ${percent.format(share)}`),
      keeping: () => "Writing it down on this device…",
    } satisfies Record<Progress["what"], (value: never) => string>,
    wrong: restoreFault,
  },

  making: {
    title: "Making a line",
    text: "The relay is asked for a line. This takes a moment.",
    offline: "The relay does not answer. This device keeps trying.",
  },

  inviting: {
    title: "Invite the one person",
    text: (until: string) => `Let the other scan this, or send the link in a way you trust. It works once, until ${until}.`,
    qr: "QR code of the invitation link",
    share: "Send the link",
    shareText: "For you, from me:",
    link: "The link",
    waiting: "Waiting for a knock",
    waitingHint: "You will see who it is before anything opens.",
    knocks: "At the door",
    knock: "Someone knocks",
    stillOpen: "The invitation is still open",
    knockedText: "Is that the one you invited? Once you accept, both of you see six words to compare.",
    knockedAt: (at: string) => `knocked · ${at}`,
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
    delivered: "Your name is shown to the one who invited you. You can close this page; it goes on from here.",
    next: "Once you are let in, both of you see six words to compare.",
    notYet: "The knock has not reached the relay yet. This device keeps trying.",
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
    done: "You compared these, person to person.",
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
    closed: (since: string) => `presence closed · ${since}`,
    closedEver: "presence is not given",
    live: (name: string, sentence: string) => `${first(name)}: ${sentence}`,
    feels: (feeling: string, age: string) => `${feeling} · ${age}`,
  },

  mine: {
    give: "You give",
    giveOn: (sense: string, until: string | undefined) =>
      until === undefined ? `You give: ${sense}. Press to stop.` : `You give: ${sense}, until ${until}. Press to stop.`,
    giveOff: (sense: string) => `You do not give: ${sense}. Press to give it.`,
    connecting: "connecting…",
    offline: (since: string) => `You have had no connection since ${since}. What you say waits on this device.`,
    waiting: (count: number) => plural(count, { one: "# thing waits to be sent", other: "# things wait to be sent" }),
    tryNow: "Try now",
    clock: (minutes: number) => `This device’s clock is ${length(Math.abs(minutes))} ${minutes > 0 ? "ahead" : "behind"}.`,
    latecomer: (at: string) => `Someone came with your invitation after it was used, and was turned away${on(at)}`,
    gap: "This device was away for so long that some of what was sent is gone from the relay.",
  },

  stopped: {
    ...stopped,
    look: "What happened?",
    what: "What happened",
    kept: "What is kept",
    goOn: "If you go on",
    act: "Go on with this relay",
    notNow: "Not now",
  },
  mending: (why: Mending): string => mending[why],

  trouble: (trouble: Trouble): string => (trouble.is === "refused" ? refusedText[trouble.code] : troubleText[trouble.is]),

  touch: {
    hold: (name: string) => `Hold to touch ${isolate(name)}`,
    hint: "hold your light to touch",
    mine: "You hold out your hand.",
    offered: (name: string) => `${first(name)} holds out a hand. Hold your light to meet it.`,
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
    other: (name: string, feeling: string) => `${first(name)} sends ${feeling}`,
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
  },

  refused: (why: ActRefusal): string => actText[why],

  more: { open: "More", title: "This line" },

  between: {
    open: "Between us",
    title: "Between us",
    text: "What the two of you kept, on this device. It is yours.",
    nothing: "Nothing yet.",
    newer: "from a newer Beside",
    you: "You",
    saveTitle: "Take it with you",
    saveText: "Made on this device; nothing is sent. Whoever has the file can read it.",
    savePage: "Save as a page",
    saveData: "Save as data",
    flows: "What flows",
    flowsText: "Both of you see this same list. Each changes only their own side.",
    flowsMine: "you give",
    flowsTheirs: (name: string) => `${first(name)} gives`,
    until: (day: string) => `until ${day}`,
    yourName: "Your name",
    changeName: "Change",
    words: "Six words",
    wordsCompared: "compared, person to person",
    wordsNot: "not compared yet",
    sound: "Sound",
    lines: "Your lines",
    relay: (relay: string) => `Carried by ${isolate(relay)}`,
  },

  devices: {
    title: "Your devices",
    text: "Each of you has up to four devices on this line. Both of you see it when one comes or goes.",
    row: (mine: number, other: string, theirs: number) => `you ${isolate(String(mine))}, ${isolate(other)} ${isolate(String(theirs))}`,
    mine: "Yours",
    here: "this one",
    unnamed: "A device of yours",
    hereUnnamed: "This device",
    since: (at: string) => `since ${at}`,
    newUntil: (at: string) => `new until ${at}: it cannot remove others yet`,
    hereNew: (at: string) => `This device is new: until ${at} it cannot remove others, unless one of them vouches for it.`,
    theirs: (name: string, count: number, last: string | undefined) => {
      const has = plural(count, { one: `${first(name)} has # device`, other: `${first(name)} has # devices` });
      if (last === undefined) return `${has}.`;
      return count === 1 ? `${has}, since ${last}.` : `${has}, the newest since ${last}.`;
    },
    add: "Add a device",
    opening: "Asking the relay to open the door…",
    addTitle: "Open this on the new device",
    addText: (until: string) => `With its camera, or as a link. It works until ${until}, and lets nobody in by itself: you do that here.`,
    addOver: "This link has run out. Make a new one when the other device is at hand.",
    addAgain: "Make a new link",
    qr: "QR code for your other device",
    link: "The link for your device",
    stop: "Stop",
    waiting: "Waiting for your device",
    waitingHint: "Its name and three words will show here.",
    asks: (name: string) => `${quote(name)} asks to be let in`,
    asksText: "Are these three words on its screen?",
    code: "Three words to compare",
    letIn: "Let it in",
    letInName: (name: string) => `Let it in: ${quote(name)}`,
    letting: (name: string) => `Letting ${quote(name)} in…`,
    notMine: "Not mine",
    notMineDone: "Nobody was let in, and the link is worth nothing now. Whoever asked had seen it; make a new one where only you do.",
    remove: "Remove",
    removeName: (name: string) => `Remove ${quote(name)}`,
    removeTitle: (name: string) => `Remove ${quote(name)}?`,
    removeText: "It is shut out at once and learns nothing new. What it has stays on it. Both of you are told.",
    removeYes: "Yes, remove it",
    removing: "is being removed",
    vouch: "Vouch for it",
    vouchName: (name: string) => `Vouch for it: ${quote(name)}`,
    vouchHint: "Then it may do everything at once.",
    notice: (notice: DeviceNotice, who: string, at: string) =>
      notice.who === "me" ? deviceNotices[notice.is].me(notice.name, at) : deviceNotices[notice.is].other(who, at),
    more: (count: number) => plural(count, { one: "and # more", other: "and # more" }),
    look: "Look",
    asking: "A device asks to be let in as yours.",
  },

  twelve: {
    row: "Twelve words",
    state: { "to-keep": "not written down yet", kept: "only you have them", elsewhere: "not on this device" },
    note: "Twelve words not written down yet",
    title: "Twelve words",
    why: "If every device of yours is lost, these words bring your lines back. This device made them; once you have them on paper, it forgets them.",
    before: "Have paper and a pen at hand, and nobody behind you.",
    show: "Show the words",
    paper: "On paper, in this order",
    paperText: "Nobody will ever ask you for them: not the other, not whoever runs the relay, not anyone who helps. Whoever has them can take your place.",
    list: "Your twelve words",
    written: "I have written them down",
    askTitle: "What does your paper say?",
    askText: "Three of them, so that a slip of the pen shows now.",
    nth: (place: number) => `Word ${place}`,
    check: "That is what it says",
    wrong: "Not quite: at least one is different here. Look at your paper once more, or see the words again.",
    see: "See the words again",
    doneTitle: "Now only you have them",
    doneText: "They are gone from this device. Keep the paper where you will find it without any device, and where nobody else looks.",
    done: "All right",
    keptText: "You wrote them down and showed that you have them. They are not on this device any more; it could not show them if it wanted to.",
    elsewhereText: "This device was added by another one of yours, and never had them. They are on paper, or still on your first device: look there.",
    unsaved: { full, gone, "not-asked": "They were asked for in another tab meanwhile. See the words again." },
  },

  backup: {
    title: "Backup",
    at: (age: string) => `Backed up on the line ${age}, sealed.`,
    behind: (age: string) => `Backed up on the line ${age}, sealed. Something newer is not in it yet.`,
    never: "Not backed up on the line yet.",
    neverText: "It happens by itself, as soon as the relay can be reached.",
    backingUp: "Backing up on the line",
    fetching: "Fetching what you kept",
    share: (share: number) => percent.format(share),
  },

  memories: {
    title: "Saved lines",
    text: "A file that Beside saved as data can be read here. It stays on this device, apart from your lines; nothing is sent.",
    bring: "Bring in a saved file",
    bringing: "Reading the file…",
    names: (me: string, other: string) => `${isolate(me)} and ${isolate(other)}`,
    count: (count: number) => plural(count, { one: "# thing kept", other: "# things kept" }),
    row: (count: string, day: string) => `${count} · brought in on ${day}`,
    lead: (count: string, day: string) => `${count}, brought in on ${day}. To be read, and nothing else.`,
    remove: "Remove it from this device",
    removeSure: "The file that it came from stays where it is. Remove it here?",
    removeYes: "Yes, remove it",
    wrong: {
      "not-an-export": "That is not a file that Beside saved as data. It is called bond.json, unless you changed its name.",
      newer: "That file was saved by a newer Beside. Reload this page and try again.",
      "too-big": "That file is too big to be read here.",
      unreadable: "The browser could not read that file.",
      full,
      gone,
    },
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

  app: {
    version: (version: string) => `Beside ${isolate(version)}`,
    newer: "A new version is here.",
    use: "Use it",
    lasts: "This browser keeps what is here until you remove it.",
    mayGo: "This browser may remove what is here when the device runs out of room. Your twelve words, or another device of yours, bring it back.",
    ask: "Ask it to keep this",
    refused: "It was asked, and promises nothing. Once Beside is on the home screen, browsers often do.",
  },

  scan: {
    open: "Scan the code",
    view: "What the camera sees",
    on: "Camera on · nothing leaves this device",
    asking: "The browser asks whether it may use the camera.",
    looking: "Hold the code in the middle.",
    stop: "Stop the camera",
    saw: {
      join: {
        "other-kind": "That code adds one more device of your own. It is not an invitation.",
        "not-ours": "That code is not an invitation to Beside.",
        incomplete: "A part of that code could not be read. Hold it a little closer.",
        newer: invitationFault.newer,
      },
      device: {
        "other-kind": "That code is an invitation from another person. It does not add a device.",
        "not-ours": "That code is not a device link of Beside.",
        incomplete: "A part of that code could not be read. Hold it a little closer.",
        newer: invitationFault.newer,
      },
    } satisfies Record<LinkKind, Record<Exclude<Scanned["is"], "found">, string>>,
    failed: {
      denied: "This page may not use the camera. Paste the link below, or allow the camera in the browser’s settings.",
      none: "There is no camera here. Paste the link below.",
      "in-use": "Something else uses the camera at the moment. Paste the link below, or try again.",
      broken: "The camera stopped. Paste the link below, or try again.",
    } satisfies Record<CameraFault, string>,
    larger: "Show the code larger",
    largerTitle: "Let the other scan this",
    selected: "The link is selected. Copy it from there.",
  },

  homeScreen: {
    title: "First, to the Home Screen",
    text: {
      begin: "Beside keeps everything on your own device, and on an iPhone or iPad it is at home there.",
      join: "You were invited. Beside is at home on the Home Screen: copy the invitation, and take it along.",
      device: "Beside is at home on the Home Screen: copy the link of your other device, and take it along.",
    },
    link: { join: "The invitation", device: "The link for this device" },
    share: "Press Share in the browser’s bar.",
    add: "Choose “Add to Home Screen”.",
    open: {
      begin: "Open Beside from there, and begin.",
      join: "Open Beside from there, press “I was invited”, and paste or scan.",
      device: "Open Beside from there, press “Add this device to mine”, and paste or scan.",
    },
    goOn: "Go on here anyway",
    goOnText: "This browser may delete what is kept here after seven days without a visit.",
  },

  abilities: {
    title: "What this device can do",
    text: "Measured on this device just now.",
    row: "what it keeps, and what it cannot do",
    install: "Install Beside on this device",
    verdicts: { no: "Good to know", yes: "Works here", unknown: "Cannot be told" } satisfies Record<Verdict, string>,
    lines: {
      keeps: {
        promised: "The browser promised not to clear what is kept here by itself.",
        "may-clear": "The browser may clear what is kept here when the device runs out of room.",
        "seven-days": "This browser may delete what is kept here after seven days without a visit. Add Beside to the Home Screen instead.",
        unknown: "The browser does not say whether it may clear what is kept here.",
      },
      private: { "not-known": "Whether this is a private window cannot be measured. Such a window forgets everything when it is closed." },
      woken: { no: "Nothing wakes this device while Beside is closed: this version sends no notifications." },
      background: { no: "Nothing is sent or fetched while Beside is closed; it catches up when it is opened." },
      offline: { yes: "Beside opens without a connection.", no: "This page does not open without a connection." },
      installed: { yes: "Beside is installed as an app.", no: "Beside is open in a browser, not installed as an app." },
      awake: { yes: "The screen can be kept on while a code is shown.", no: "The screen cannot be kept on: it dims when it would anyway." },
      sound: { yes: "A low tone can sound while you touch.", no: "This browser makes no sound for this page." },
      vibration: {
        yes: "The browser can make this device vibrate while you touch.",
        no: "This browser does not vibrate: touch shows as light, and as a tone.",
        unknown: "The browser would vibrate; whether this device has anything to vibrate with cannot be measured.",
      },
      camera: {
        there: "There is a camera to scan a code with.",
        none: "There is no camera here: a link is pasted.",
        denied: "The camera is not allowed on this page: a link is pasted. The browser’s settings can change that.",
        unknown: "Whether there is a camera cannot be asked on this page.",
      },
      share: { yes: "A link can be handed on with the device’s share sheet.", no: "There is no share sheet: a link is copied." },
    } satisfies AbilityWords,
  },

  hour: {
    there: (clock: string) => `${isolate(clock)} there`,
    both: (clock: string) => `${isolate(clock)} for both`,
    gives: { off: "off", coarse: "the hour", full: "with a rough place" } satisfies Record<Give, string>,
  },

  moon: {
    row: "The moon",
    rowText: "both hours, and the moon over both",
    title: "The moon",
    text: "Worked out on this device, from what the two of you gave. It asks nobody, and works without a connection.",
    me: "You",
    up: "the moon is up",
    down: "the moon is down",
    noPlace: "no place is given",
    noHour: "the hour is not given",
    both: "It is up for both of you now.",
    next: (at: string) => `Next up for both of you: ${at}.`,
    never: "It is not up for both of you within a month.",
    needs: "For the moon over both, each of you gives a rough place.",
    coming: "A moment…",
    give: "What you give of your hour",
    giveText: (name: string) => `Given, ${isolate(name)} sees your half of the sky at your own hour; with a place, at your own sun and moon.`,
    place: "Your rough place",
    placeText: "In whole degrees, so that it says no more than a region. It leaves this device only while you give it.",
    lat: "Degrees north (south is negative)",
    lon: "Degrees east (west is negative)",
    save: "Give this place",
    here: "Use where this device is, roughly",
    notHere: "This device does not say where it is. Type it instead.",
    wrong: "North from −90 to 90, east from −180 to 180, please.",
  },

  settings: {
    language: "Language",
    asBrowser: "as this browser asks for",
    press: "Press once to hold",
    pressHint: "Your light is held from one press to the next, for hands that cannot keep holding.",
    pressLight: (name: string) => `Touch ${isolate(name)}: press to hold, press again to let go`,
    pressTip: "press your light to touch",
    pressOffered: (name: string) => `${first(name)} holds out a hand. Press your light to meet it.`,
  },

  past: {
    saving: "Writing the file",
    notSaved: "The file was not written: what is kept could not all be read. Try again.",
    list: "What was kept, newest first",
    search: "Search",
    box: "Words to look for",
    narrow: "Narrow the search",
    by: "Said by",
    either: "either of you",
    withFeeling: "Feeling",
    anyFeeling: "any, or none",
    day: "Go to a day",
    wentTo: (day: string) => `At ${day}`,
    looking: (found: number) => (found === 0 ? "Looking…" : plural(found, { one: "# found so far…", other: "# found so far…" })),
    found: (found: number) => plural(found, { one: "# found", other: "# found" }),
    nothing: "Nothing found. A word is found by how it begins.",
    results: "What was found, newest first",
    inPlace: "Show where it was said",
  },

  lock: {
    row: "Lock and hide",
    rowState: { on: "a lock is set", off: "no lock" },
    title: "Lock and hide",
    text: "A lock keeps what is stored on this device shut, with your keys and the twelve words, until you open it. It holds for this browser on this device, and for all its tabs.",
    limits:
      "It protects against someone who has this device. It cannot protect you from someone who makes you open it, nor from a device with hostile software on it.",
    setTitle: "Set a lock",
    setText:
      "You choose a passphrase, and can add a passkey after that: the fingerprint, face or PIN of this device, or a key that you carry. While it is shut nothing is received, and the other does not see that you are here; what came meanwhile comes when you open it.",
    choose: "A passphrase for this device",
    chooseHint: "At least eight letters or signs; four words that do not belong together are good. It is never sent anywhere.",
    again: "The same once more",
    setGo: "Set it, and lock",
    ways: "If you lose what opens it, the line is not lost: another device of yours adds this one anew, and your twelve words bring everything back. Write those down first.",
    now: "Lock now",
    after: "Lock by itself",
    afters: {
      "at-once": "as soon as no tab of Beside is on the screen",
      "five-minutes": "five minutes after that",
      "one-hour": "an hour after that",
      never: "never; only when I do it",
    },
    opens: "What opens it",
    passphrase: "Passphrase",
    changeRow: "change it",
    passkey: (number: number) => `Passkey ${number}`,
    addPasskey: "Add a passkey",
    passkeyAdded: "The passkey opens the lock from now on. So does the passphrase.",
    removePasskey: "Remove",
    removePasskeySure: "It will not open this lock any more. The passphrase still does. The passkey itself stays on your device’s own list, as “Beside”.",
    removePasskeyYes: "Yes, remove it",
    passkeyRemoved: "That passkey does not open the lock any more.",
    noPasskeys: "This browser offers no passkeys at this address.",
    off: "Take the lock off",
    isOff: "There is no lock any more.",
    changed: "The new passphrase opens the lock from now on, and the old one does not.",
    newTitle: "A new passphrase",
    newGo: "Take this one",
    change: {
      passphrase: { title: "Change the passphrase", text: "First, open the lock once more.", go: "Go on" },
      passkey: { title: "Add a passkey", text: "First, open the lock once more. Then your device asks for the new passkey.", go: "Go on" },
      off: { title: "Take the lock off", text: "Open the lock once more. After that, whoever has this device unlocked can open Beside.", go: "Take it off" },
    } satisfies Record<string, { readonly title: string; readonly text: string; readonly go: string }>,
    shutTitle: "Locked",
    shutText: "While it is locked nothing is received here, and nobody sees that you are here.",
    open: "Open",
    usePasskey: "Use a passkey",
    trying: "Trying; this takes a moment on purpose.",
    lost: "I cannot open it",
    lostText:
      "Nobody can open it for you, and trying often does no harm. Your line is not lost: another device of yours can add this one anew, or your twelve words bring everything back, here or on a new device.",
    lostClear: "To begin anew in this browser, delete the data that it keeps for this address, in the browser’s settings. What was only here is gone then.",
    wrong: {
      wrong: "That does not open it. Try once more; nothing happens however often you do.",
      "too-short": "That is short enough to be guessed. Eight letters or signs at least, please.",
      "not-same": "The two are not the same. Type both once more.",
      "not-done": "The passkey was not used. Try again, or use the passphrase.",
      cannot: "That passkey can sign in, but cannot open a lock. The passphrase still does.",
      changed: "The lock was changed in another tab meanwhile. Look at it once more.",
      full,
      gone,
    },
  },

  neutral: {
    title: "Clock",
    heading: "A neutral page",
    text: "When someone might see your screen: one gesture, and a clock stands here instead, in every tab. Sheets close, sound stops, your light is let go of, and the other no longer sees that you are here. With a lock set, it locks too.",
    back: "To come back, make the same gesture again, or press the time twice. Nothing on that page says so: remember it.",
    armed: "Hide with one gesture",
    armedHint: "press Escape twice, or tap with two fingers at once, anywhere",
    now: "Hide now",
  },

  senses,
  gives,

  ended: {
    title: "This line has ended",
    me: "You ended it. What you kept stays here for as long as you want it.",
    other: (name: string) => `${first(name)} ended it. What you kept stays here for as long as you want it.`,
  },
};

export type Words = typeof en;
