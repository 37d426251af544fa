/**
 * Everything the app says, in German: informal, warm and plain. No pronouns for people here either: the name, or „die
 * andere Person“. `er` and `sie` are not said of things, so that a test can see that they are said of nobody, and `ihr`
 * is only ever the two of you: `ihr beide`.
 *
 * Where a name is not known, „die andere Person“ stands in its place: so a name stands only in the nominative or the
 * accusative, which are the same. A time may be `14:05` or `Mittwoch, 14:05`: so neither `um` nor `am` stands before it.
 * A long word has soft hyphens where a button or a title may have to break it.
 */
import type { InvitationFault } from "../../protocol/invitation.ts";
import type { RefusalCode } from "../../protocol/frames.ts";
import type { FeelingName } from "../../senses/feeling/feeling.ts";
import type { SenseName } from "../../senses/index.ts";
import type { Give } from "../../senses/sense.ts";
import type { RestoreFault } from "../../line/home.ts";
import type { ActRefusal, Mending, Trouble, TurnedAway } from "../../line/state.ts";
import type { DeviceNotice } from "../../line/view.ts";
import type { Words } from "./en.ts";
import { createLength, createPlural, isolate } from "./plural.ts";

const list = new Intl.ListFormat("de");
const plural = createPlural("de");
const length = createLength("de");
/** Where a name is not known; and at the beginning of a sentence. */
const someone = "die andere Person";
const someoneFirst = "Die andere Person";
/** When it was, after a sentence: the dot goes with the time where the line ends between them. */
const on = (at: string): string => ` ·\u00a0${at}`;
const first = (name: string): string => isolate(name === someone ? someoneFirst : name);
const percent = new Intl.NumberFormat("de", { style: "percent", maximumFractionDigits: 0 });

const turnedAway: Record<TurnedAway, { readonly title: string; readonly text: string }> = {
  taken: {
    title: "Diese Einladung wurde schon benutzt",
    text: "Eine Einladung gilt einmal, und mit dieser wurde jemand hereingelassen. Wenn du das nicht warst, bitte um eine neue, persönlich oder auf einem Weg, dem du traust.",
  },
  expired: {
    title: "Dieser Link ist zu alt",
    text: "Eine Einladung gilt einen Tag, der Link für ein eigenes Gerät zehn Minuten. Bitte um einen neuen.",
  },
  unknown: {
    title: "Hinter diesem Link wartet niemand",
    text: "Das Relay kennt diesen Link nicht. Vielleicht wurde die Einladung zurückgenommen, vielleicht das Relay neu eingerichtet. Bitte um einen neuen Link.",
  },
  impostor: {
    title: "Jemand anderes hat geantwortet",
    text: "Die Antwort kam nicht von der Person, die diesen Link gemacht hat. Darum wurde nichts geöffnet. Bitte um einen neuen Link, auf einem Weg, dem du traust.",
  },
  "bad-welcome": {
    title: "Die Tür ging nicht auf",
    text: "Das andere Gerät hat dieses hereingelassen, aber was von dort kam, ließ sich hier nicht öffnen. Bitte um einen neuen Link.",
  },
};

const refusedText: Record<RefusalCode, string> = {
  malformed: "Das Relay konnte mit dem, was diese App gesendet hat, nichts anfangen. Lade die Seite neu, und nimm eine neue Version, wenn es eine gibt.",
  version: "Das Relay und diese App sprechen verschiedene Versionen. Lade die Seite neu, und nimm eine neue Version, wenn es eine gibt.",
  unknown: "Das Relay kennt diese Leitung oder dieses Gerät nicht.",
  taken: "Das Relay sagt, dass diese Einladung schon benutzt wurde.",
  revoked: "Dieses Gerät wurde aus der Leitung genommen.",
  closed: "Ohne ein Token macht dieses Relay keine neuen Leitungen.",
  stale: "Die Leitung ist schon weiter; dieses Gerät holt auf.",
  gap: "Dem Relay fehlt etwas, das dieses Gerät früher gesagt hat.",
  full: "Dein Platz auf diesem Relay ist aufgebraucht. Was du sagst, wartet hier.",
  busy: "Das Relay hat viel zu tun. Dieses Gerät versucht es von selbst wieder.",
  expired: "Diese Einladung ist älter als ein Tag.",
  crowded: "Vor dieser Einladung warten schon vier Leute. Dieses Gerät versucht es von selbst wieder.",
  forbidden: "Das Relay lässt dieses Gerät das nicht tun.",
  unavailable: "Das Relay kann im Augenblick nichts speichern. Was du sagst, wartet hier.",
};

const troubleText: Record<Exclude<Trouble["is"], "refused">, string> = {
  "wrong-relay": "Unter dieser Adresse antwortet ein anderes Relay, nicht das, mit dem diese Leitung gemacht wurde. Dorthin wird nichts gesendet.",
  version:
    "Das Relay und diese App sprechen verschiedene Versionen. Lade die Seite neu, und nimm eine neue Version, wenn es eine gibt; hilft das nicht, muss eines von beiden erneuert werden.",
  revoked:
    "Dieses Gerät wurde aus der Leitung genommen, von einem anderen deiner Geräte oder mit deinen zwölf Wörtern. Was hier aufbewahrt ist, bleibt hier; Neues kommt nicht mehr.",
  "unknown-here": "Das Relay kennt diese Leitung nicht mehr. Vielleicht wurde es neu eingerichtet. Was dieses Gerät aufbewahrt hat, ist noch hier.",
  forked: "Das Relay hat euch beiden Verschiedenes über diese Leitung erzählt. Die Leitung hat angehalten; was du sagst, wartet auf diesem Gerät.",
  rewound: "Das Relay hat Dinge vergessen, die es bestätigt hatte. Die Leitung hat angehalten; was du sagst, wartet auf diesem Gerät.",
  twin: "Eine andere Kopie dieses Geräts ist in Gebrauch. Diese hier hat angehalten; was du sagst, wartet hier.",
  "storage-full": "Dieses Gerät hat keinen Platz mehr. Mach etwas Platz, dann geht von selbst weiter, was im Gang ist.",
  "storage-gone": "Der Browser hat dieser Seite den Speicher genommen. Lade die Seite neu, um zu sehen, was davon noch da ist.",
  "closed-relay": "Ohne Token macht dieses Relay keine neuen Leitungen; wer es betreibt, kann dir eines geben.",
};

const badName = "Bitte ein Name, in dem etwas zu lesen ist, und nicht länger als eine Zeile.";
const full = "Dieses Gerät hat keinen Platz mehr. Mach etwas Platz und versuche es noch einmal.";
const gone = "Der Browser hat dieser Seite den Speicher genommen. Lade die Seite neu.";

const actText: Record<ActRefusal, string> = {
  empty: "Darin ist noch nichts zu lesen.",
  "too-long": "Das ist zu lang, um es auf einmal zu senden. Sag es in zwei Teilen.",
  "bad-name": badName,
  "not-given": "Das gibst du im Augenblick nicht. Du kannst es unten ändern.",
  uncertain: "Ein anderer Tab ging zu, während das im Gang war. Sieh nach, ob es da ist, bevor du es noch einmal sagst.",
  ended: "Diese Leitung ist beendet.",
  apart: "Du hältst gerade Abstand. Komm erst zurück, oder lass das durch.",
  "not-apart": "Du hältst gerade keinen Abstand.",
  "bad-time": "Diese Zeit liegt nicht mehr vor dir.",
  "not-gradual": "Das wird gegeben oder nicht.",
  "no-such-promise": "So ein Versprechen von dir gibt es nicht.",
  "no-window": "Gerade ist kein Fenster deines Lebenszeichens offen.",
  settled: "Das ist schon erledigt.",
  "no-such-sense": "So etwas gibt es nicht, das du hereinlassen könntest.",
  "too-often": "Das ist mehr, als jemand an einem Tag sagt. Es wurde nichts gesendet; mach morgen weiter.",
  "not-inviting": "Hier kann niemand mehr hereingelassen werden.",
  accepting: "Es wird schon jemand hereingelassen.",
  "no-such-knock": "Dort wartet niemand mehr.",
  "not-together": "Ihr beide seid noch nicht verbunden. Es wurde nichts gesendet.",
  adding: "Es wird schon ein Gerät hinzugefügt. Bring das erst zu Ende.",
  "no-such-device": "Dieses Gerät ist schon weg.",
  "too-new": "Dieses Gerät ist neu: Am ersten Tag kann es das nicht, außer ein älteres bürgt dafür.",
  "too-many-devices": "Du hast vier Geräte an dieser Leitung, für mehr ist kein Platz. Entferne erst eines.",
  "needs-words": "Das geht nur mit deinen zwölf Wörtern.",
  offline: "Im Augenblick gibt es keine Verbindung zum Relay. Es wurde nichts geändert; versuche es etwas später noch einmal.",
};

/** A line that stopped, and goes on only when its person says so. */
type Stopped = Extract<Trouble["is"], "forked" | "rewound" | "twin">;
const stopped: Record<Stopped, { readonly title: string; readonly what: string; readonly kept: string; readonly goOn: string }> = {
  forked: {
    title: "Zwei Geschich\u00adten einer Leitung",
    what: "Eure beiden Geräte haben verglichen, was vom Relay kam, und es ist nicht dasselbe: Etwas wurde ausgelassen oder in anderer Reihenfolge erzählt. Das war das Relay, oder Beside ist auf einer Seite nicht, wie es sein soll. Lesen konnte das Relay nichts, und auch nicht in eurem Namen sprechen. Was wem vorenthalten wurde, ist noch nicht bekannt.",
    kept: "Alles von davor, und was du seitdem gesagt hast, ist auf diesem Gerät. Was du jetzt sagst, bleibt hier und wartet.",
    goOn: "Sprecht erst miteinander, auf einem anderen Weg, etwa am Telefon: Wollt ihr beide mit diesem Relay weitermachen? Dann tut es auf beiden Seiten. Was das Relay jetzt hat, gilt dann auf beiden Seiten; was auf einer Seite da ist und auf dem Relay nicht, wird noch einmal gesendet, jedes einmal. Euch beiden wird gezeigt, dass es geschehen ist.",
  },
  rewound: {
    title: "Das Relay hat etwas vergessen",
    what: "Das Relay hatte Dinge auf dieser Leitung bestätigt und hat diese nicht mehr, wie wenn dort eine alte Sicherung eingespielt wurde. Ob sich alles wiederfindet, ist nicht bekannt.",
    kept: "Dieses Gerät hat alles noch, auch was du seitdem gesagt hast. Was du jetzt sagst, bleibt hier und wartet.",
    goOn: "Wer das Relay betreibt, kann vielleicht alles zurückbringen: Dann warte, und es geht von selbst weiter. Wenn nicht, mach weiter, auf beiden Seiten: Die Leitung geht von dem aus weiter, was das Relay jetzt hat, und was auf einer Seite da ist und auf dem Relay nicht, wird noch einmal gesendet, jedes einmal.",
  },
  twin: {
    title: "Dieses Gerät gibt es zweimal",
    what: "Zweimal in einer Stunde hatte das Relay von diesem Gerät Dinge, die dieses Gerät nicht kennt. Also ist eine andere Kopie davon in Gebrauch: ein kopiertes Browserprofil, oder eine eingespielte Sicherung, während das erste weiterlief. Was die andere Kopie gesagt hat, ist hier noch nicht bekannt.",
    kept: "Alles, was auf diesem Gerät war, ist noch hier. Was du jetzt sagst, bleibt hier und wartet.",
    goOn: "Schließ erst die andere Kopie, für immer. Dann macht diese weiter: Was die andere Kopie gesagt hat, kommt hierher, und was hier da ist und auf dem Relay nicht, wird noch einmal gesendet.",
  },
};

const mending: Record<Mending, string> = {
  gap: "Die Leitung wird wieder aufgenommen: Dieses Gerät war lange weg und holt, was hier fehlt…",
  "set-back": "Die Leitung wird wieder aufgenommen: Eine ältere Kopie dieses Geräts wurde eingespielt und bekommt, was darin fehlt…",
  "cannot-follow": "Die Leitung wird wieder aufgenommen: Dieses Gerät hatte den Anschluss verloren…",
  "taken-up": "Die Leitung wird wieder aufgenommen, mit dem, was das Relay jetzt hat…",
};

const deviceNotices: Record<DeviceNotice["is"], { readonly me: (name: string, at: string) => string; readonly other: (who: string, at: string) => string }> = {
  added: {
    me: (name, at) => (name === "" ? `Ein Gerät von dir wurde hinzugefügt${on(at)}` : `Dein Gerät ${quote(name)} wurde hinzugefügt${on(at)}`),
    other: (who, at) => `${first(who)} hat ein Gerät hinzugefügt${on(at)}`,
  },
  removed: {
    me: (name, at) => (name === "" ? `Ein Gerät von dir wurde entfernt${on(at)}` : `Dein Gerät ${quote(name)} wurde entfernt${on(at)}`),
    other: (who, at) => `${first(who)} hat ein Gerät entfernt${on(at)}`,
  },
  restored: {
    me: (_, at) => `Du bist mit deinen zwölf Wörtern zurückgekommen; deine früheren Geräte sind ausgesperrt${on(at)}`,
    other: (who, at) =>
      `${first(who)} ist mit den zwölf Wörtern zurückgekommen, auf einem neuen Gerät; die früheren sind ausgesperrt. Wenn dich das überrascht, frag ${isolate(who)} auf einem anderen Weg${on(at)}`,
  },
  again: {
    me: (_, at) => `Ein Gerät von dir hat die Schlüssel der Leitung neu gemacht; nichts Aufbewahrtes ging verloren${on(at)}`,
    other: (who, at) => `${first(who)}: Ein Gerät hat die Schlüssel der Leitung neu gemacht; nichts Aufbewahrtes ging verloren${on(at)}`,
  },
};

/** A name in quotation marks, in its own direction. */
const quote = (name: string): string => `„${isolate(name)}“`;

const feelings: Record<FeelingName, string> = {
  love: "Liebe",
  warmth: "Wärme",
  joy: "Freude",
  hope: "Hoffnung",
  ease: "Leichtigkeit",
  calm: "Ruhe",
  quiet: "Stille",
  sad: "Traurigkeit",
  longing: "Sehnsucht",
  tender: "Zärtlichkeit",
  worry: "Sorge",
};

const senses: Record<SenseName, string> = {
  presence: "Nähe",
  feeling: "Gefühl",
  touch: "Berührung",
  thought: "Worte",
  name: "Name",
  hour: "Uhrzeit",
  boundary: "Grenze",
  apart: "Abstand",
  goodbye: "Akku",
  promise: "Versprechen",
};
const gives: Record<Give, string> = { off: "aus", coarse: "ungefähr", full: "an" };

const invitationFault: Record<InvitationFault | "own-invitation" | "used-here", string> = {
  "not-an-invitation": "Das ist keine Einladung zu Beside.",
  incomplete: "Ein Teil des Links fehlt. Kopiere den ganzen, von „https“ bis zum Ende.",
  newer: "Dieser Link kommt von einem neueren Beside. Lade diese Seite neu und versuche es noch einmal.",
  "own-invitation": "Das ist deine eigene Einladung, gedacht für die andere Person.",
  "used-here": "Mit dieser Einladung bist du schon dabei: Die Leitung ist hier.",
};

const restoreFault: Record<RestoreFault, string> = {
  "not-words": "Das sind keine zwölf Wörter, die zusammengehören. Sieh auf die Reihenfolge, und auf Wörter, die leicht zu verwechseln sind.",
  "bad-name": badName,
  "bad-relay": "Das ist nicht die Adresse eines Relays. So sieht eine aus: https://relay.example.org.",
  unreachable: "Das Relay antwortet nicht, oder nicht mehr. Es wurde nichts geändert; versuche es etwas später noch einmal.",
  "nothing-found": "Die Wörter stimmen, aber dieses Relay kennt keine Leitung dazu. War es ein anderes Relay?",
  damaged:
    "Die Leitung wurde gefunden, aber was davon aufbewahrt war, öffnet sich mit diesen Wörtern nicht. Wenn du noch eines deiner Geräte hast, füge dieses von dort hinzu.",
  "used-here": "Eine Leitung zu diesen Wörtern ist schon auf diesem Gerät.",
  "other-first":
    "Die Wörter stimmen. Das Gerät der anderen Person muss einmal verbunden sein, bevor das geht: Bitte darum, dass Beside dort geöffnet wird, und versuche es dann noch einmal.",
  busy: "Leitungen zu diesen Wörtern wurden in einer Stunde mehrmals zurückgeholt. Warte eine Stunde und versuche es noch einmal.",
  full,
  gone,
};

export const de: Words = {
  language: "de",
  direction: "ltr",
  title: "Beside",
  justNow: "gerade eben",
  someone,
  someoneFirst,
  isolate,

  common: { back: "Zurück", close: "Schließen", later: "Später", copy: "Link kopieren", copied: "Kopiert", cancel: "Abbrechen", ok: "In Ordnung" },

  opening: {
    text: "Wird geöffnet…",
    missingTitle: "Noch nicht auf diesem Gerät",
    missing: "Ein Teil dieser Seite war nicht zu bekommen: Das Relay antwortet nicht.",
    slow: "Ein anderer Tab dieses Browsers hält Beside fest und antwortet nicht. Schließ den anderen Tab, oder lade beide neu.",
  },
  unavailable: {
    newer: {
      title: "Hier war ein neueres Beside",
      text: "Was dieser Browser aufbewahrt, hat eine neuere Version geschrieben. Es wurde nichts angerührt. Lade diese Seite neu; steht das dann immer noch da, liefert die Adresse eine ältere Version, als du vorher hattest.",
    },
    damaged: {
      title: "Was dieser Browser aufbewahrt, ist nicht zu lesen",
      text: "Es wurde nichts geändert oder gelöscht. Wenn du Beside auf einem anderen Gerät hast, ist dort noch da, was ihr beide gemacht habt.",
    },
    unavailable: {
      title: "Dieser Browser bewahrt hier nichts auf",
      text: "Beside bewahrt alles auf deinem eigenen Gerät auf, und dieses Fenster lässt das nicht zu: ein privates Fenster tut das, oder eine Einstellung. Öffne Beside in einem gewöhnlichen Fenster.",
    },
    reload: "Neu laden",
  },

  first: {
    title: "Beside",
    what: "Eine Leitung zwischen genau zwei Menschen: um einander nah zu sein, für ein Gefühl, ein paar Worte, eine Berührung. Es braucht kein Konto, und unterwegs kann niemand mitlesen.",
    name: "Dein Name",
    nameHint: "So, wie die andere Person den Namen sieht. Du kannst das ändern.",
    invite: "Die andere Person einladen",
    invited: "Ich wurde eingeladen",
    invitedText: "Scanne den Code, den die andere Person zeigt, oder füge den Link ein, der von dort kam.",
    paste: "Der Link, den du bekommen hast",
    pasteHint: "Du kannst den Link auch hier einfügen.",
    join: "Dazu\u00adkommen",
    token: "Token für dieses Relay",
    tokenHint: "Wer dieses Relay betreibt, kann dir eines geben.",
    again: "Noch einmal",
    other: "Oder du hast schon eine Leitung",
    device: "Dieses Gerät zu meinen hinzu\u00adfügen",
    lost: "Mein Gerät ist verloren",
    saved: "Eine gespeicherte Leitung lesen",
  },

  arrived: {
    title: "Du wurdest eingeladen",
    text: "Zu einer Leitung zwischen dir und der Person, die dir diesen Link gegeben hat. Noch ist nichts geschehen: Kommst du dazu, wird dort dein Name gezeigt, und von dort wirst du hereingelassen.",
    join: "Dazu\u00adkommen",
    notNow: "Jetzt nicht",
    elsewhere: (relay) =>
      `Diese Einladung wurde bei ${isolate(relay)} gemacht. Öffne den Link dort, außer du weißt, dass beide Adressen zum selben Relay führen.`,
    openThere: "Dort öffnen",
    joinHere: "Hier dazukommen",
  },

  wrong: {
    "bad-name": badName,
    "bad-relay": "Die Adresse dieser Seite kann kein Relay sein.",
    "needs-words":
      "Die Schlüssel, die dieses Gerät für neue Leitungen hat, sind aufgebraucht. Hol deine Leitungen mit deinen zwölf Wörtern zurück, auf einem neuen Gerät, um mehr zu machen.",
    "device-link": "Dieser Link fügt ein weiteres eigenes Gerät hinzu. Geh zurück und wähle „Dieses Gerät zu meinen hinzufügen“.",
    full,
    gone,
    ...invitationFault,
  },

  arrive: {
    title: "Dieses Gerät zu deinen hinzu\u00adfügen",
    text: "Auf einem Gerät, das die Leitung hat: Mehr, Deine Geräte, Gerät hinzufügen. Scanne den Code, der dort steht, oder füge den Link von dort ein.",
    arrived:
      "Ein Gerät von dir hat diesen Link gezeigt. Das Öffnen allein hat noch nichts getan; wenn du weitergehst, zeigt jenes Gerät den Namen von diesem, und du lässt es dort herein.",
    onlyYours: "Wenn der Link von jemand anderem kam, ist das nicht der richtige Weg. Bitte dann um eine Einladung.",
    name: "Wie dieses Gerät heißt",
    nameHint: "Deine eigenen Geräte zeigen diesen Namen. Die andere Person sieht davon nichts.",
    guess: { phone: "Telefon", tablet: "Tablet", computer: "Computer" },
    link: "Der Link von deinem anderen Gerät",
    go: "Um Einlass bitten",
    elsewhere: (relay) => `Diese Leitung ist bei ${isolate(relay)}. Öffne den Link dort, außer du weißt, dass beide Adressen zum selben Relay führen.`,
    goHere: "Hier bitten",
    wrong: {
      "not-an-invitation": "Das ist kein Gerätelink von Beside.",
      invitation: "Das ist eine Einladung von einer anderen Person. Geh zurück und wähle „Ich wurde eingeladen“.",
      incomplete: invitationFault.incomplete,
      newer: invitationFault.newer,
      "used-here": "Diese Leitung ist schon auf diesem Gerät.",
      "bad-name": badName,
      full,
      gone,
    },
  },

  arriving: {
    asking: {
      title: "Steht auf dem anderen dasselbe?",
      text: "Dein anderes Gerät zeigt den Namen von diesem und drei Wörter. Wenn es diese sind, drücke dort „Hereinlassen“.",
    },
    "let-in": { title: "Herein\u00adgelassen", text: "Dein anderes Gerät hat die Leitung für dieses geöffnet. Lass beide einen Augenblick offen." },
    fetching: { title: "Alles kommt herüber", text: "Dieses Gerät ist an der Leitung. Was ihr beide aufbewahrt habt, ist auf dem Weg hierher, versiegelt." },
    code: "Drei Wörter zum Vergleichen",
    steps: { asking: "verglichen", "let-in": "hereingelassen", fetching: "herübergeholt" },
    giveUp: "Aufgeben",
    giveUpSure: "Dieses Gerät vergisst, was es bis jetzt hat. Wenn es dann schon in der Liste deiner Geräte steht, entferne es dort.",
    giveUpYes: "Ja, aufgeben",
  },

  lost: {
    title: "Deine Leitungen zurück\u00adholen",
    text: "Mit deinen zwölf Wörtern kommt auf dieses Gerät, was auf der Leitung gesichert war. Deine früheren Geräte sind sofort ausgesperrt, und die andere Person erfährt es.",
    words: "Deine zwölf Wörter",
    wordsHint: "In der richtigen Reihenfolge. Groß oder klein, mit Komma oder ohne, ist gleich.",
    counted: (count) => plural(count, { one: "# von 12 Wörtern", other: "# von 12 Wörtern" }),
    unknown: (words) => `Nicht auf der Liste der Wörter: ${words.map(quote).join(", ")}. Sieh auf die Schreibweise.`,
    relay: "Das Relay, das deine Leitungen trug",
    relayHint: "Das dieser Seite, wenn du kein anderes benutzt hast.",
    elsewhere: (relay) => `Eine Seite spricht nur mit dem eigenen Relay. Öffne Beside bei ${isolate(relay)} und hol deine Leitungen dort zurück.`,
    openThere: "Dort öffnen",
    go: "Zurück\u00adholen",
    progress: {
      finding: (lines) =>
        lines === 0
          ? "Deine Leitungen werden gesucht…"
          : plural(lines, { one: "Weitere Leitungen werden gesucht…", other: "Weitere Leitungen werden gesucht…" }),
      fetching: (share) => (share === null ? "Was du aufbewahrt hast, kommt…" : `Was du aufbewahrt hast, kommt: ${percent.format(share)}`),
      keeping: () => "Wird auf dieses Gerät geschrieben…",
    },
    wrong: restoreFault,
  },

  making: {
    title: "Eine Leitung entsteht",
    text: "Das Relay wird um eine Leitung gebeten. Das dauert einen Augenblick.",
    offline: "Das Relay antwortet nicht. Dieses Gerät versucht es weiter.",
  },

  inviting: {
    title: "Lade den einen Menschen ein",
    text: (until) => `Lass die andere Person das scannen, oder sende den Link auf einem Weg, dem du traust. Der Link gilt einmal, bis ${until}.`,
    qr: "QR-Code des Einladungslinks",
    share: "Link senden",
    shareText: "Für dich, von mir:",
    link: "Der Link",
    waiting: "Warten aufs Anklopfen",
    waitingHint: "Du siehst, wer es ist, bevor sich etwas öffnet.",
    knocks: "An der Tür",
    knock: "Jemand klopft an",
    stillOpen: "Die Einladung ist noch offen",
    knockedText: "Ist das die Person, die du eingeladen hast? Sobald du hereinlässt, seht ihr beide sechs Wörter zum Vergleichen.",
    knockedAt: (at) => `hat angeklopft · ${at}`,
    accept: "Herein\u00adlassen",
    acceptName: (name) => `${first(name)} hereinlassen`,
    accepting: (name) => `${first(name)} wird hereingelassen…`,
    several: "Mehr als eine Person hat diesen Link. Lass nur die herein, die du meinst; die sechs Wörter werden es zeigen.",
    takeBack: "Einladung zurück\u00adnehmen",
    takeBackSure: "Mit diesem Link wird dann niemand hereingelassen. Zurücknehmen?",
    takeBackYes: "Ja, zurück\u00adnehmen",
  },

  knocking: {
    title: "Du hast angeklopft",
    delivered: "Dein Name wird der Person gezeigt, die dich eingeladen hat. Du kannst diese Seite schließen; von hier geht es weiter.",
    next: "Sobald du hereingelassen bist, seht ihr beide sechs Wörter zum Vergleichen.",
    notYet: "Das Anklopfen hat das Relay noch nicht erreicht. Dieses Gerät versucht es weiter.",
    giveUp: "Aufgeben",
  },

  turnedAway,
  turnedAwayBack: "Von vorn beginnen",

  six: {
    title: (name) => `Sieht ${isolate(name)} dieselben Wörter?`,
    text: "Lest einander die Wörter vor, nebeneinander oder in einem Gespräch, in dem du die Stimme kennst. Sind es dieselben, steht niemand zwischen euch.",
    making: "Die Wörter entstehen. Das dauert einen Augenblick.",
    compared: "Wir haben verglichen",
    later: "Später",
    done: "Diese Wörter habt ihr beide verglichen, von Mensch zu Mensch.",
    undo: "Doch nicht verglichen",
    different: "Sind es andere, mach mit dieser Leitung nicht weiter: Mach eine neue, auf einem Weg, dem du traust.",
    chip: "nicht verglichen",
    chipHint: "Sechs Wörter vergleichen",
  },

  ask: {
    title: (name) => `Soll ${isolate(name)} sehen, wann du da bist?`,
    text: "Solange Beside offen ist, und danach, wie lange das her ist, in Schritten von fünf Minuten. Du siehst, dass du es gibst, und kannst jederzeit aufhören.",
    yes: "Ja, zeigen",
    no: "Nein, jetzt nicht",
  },

  state: {
    beside: "neben dir, jetzt",
    near: (age) => `nah · ${age}`,
    around: (age) => `etwas weiter · ${age}`,
    far: (age) => `fern · ${age}`,
    unheard: (since) => `nichts gehört seit ${since}`,
    unheardEver: "noch nichts gehört",
    closed: (since) => `Nähe geschlossen · ${since}`,
    closedEver: "Nähe wird nicht gegeben",
    apart: (since) => `hält Abstand · seit ${since}`,
    apartUntil: (until) => `hält Abstand · bis ${until}`,
    apartWhen: (when) => `hält Abstand · ${isolate(when)}`,
    dark: (until) => `nicht erreichbar · bis ${until}`,
    battery: (since) => `der Akku war fast leer · ${since}`,
    unheardExpected: (since, expected) => `nichts gehört seit ${since} · wollte bis ${expected} zurück sein`,
    notLetIn: "Nähe lässt du nicht herein",
    whileApart: "nicht zu sehen, solange du Abstand hältst",
    waits: (name) => `Was du sagst, wartet, bis ${isolate(name)} zurück ist.`,
    live: (name, sentence) => `${first(name)}: ${sentence}`,
    feels: (feeling, age) => `${feeling} · ${age}`,
  },

  mine: {
    give: "Du gibst",
    giveOn: (sense, until) =>
      until === undefined ? `Du gibst: ${sense}. Drücken, um aufzuhören.` : `Du gibst: ${sense}, bis ${until}. Drücken, um aufzuhören.`,
    giveOff: (sense) => `Du gibst nicht: ${sense}. Drücken, um es zu geben.`,
    connecting: "verbindet…",
    offline: (since) => `Du hast seit ${since} keine Verbindung. Was du sagst, wartet auf diesem Gerät.`,
    waiting: (count) => plural(count, { one: "# Sache wartet auf das Senden", other: "# Sachen warten auf das Senden" }),
    tryNow: "Jetzt versuchen",
    clock: (minutes) => `Die Uhr dieses Geräts geht ${length(Math.abs(minutes))} ${minutes > 0 ? "vor" : "nach"}.`,
    latecomer: (at) => `Jemand kam mit deiner Einladung, als diese schon benutzt war, und wurde abgewiesen${on(at)}`,
    gap: "Dieses Gerät war so lange weg, dass einiges, was gesendet wurde, auf dem Relay nicht mehr da ist.",
  },

  stopped: {
    ...stopped,
    look: "Was ist geschehen?",
    what: "Was geschehen ist",
    kept: "Was aufbewahrt ist",
    goOn: "Wenn du weitermachst",
    act: "Mit diesem Relay weiter\u00admachen",
    notNow: "Jetzt nicht",
  },
  mending: (why) => mending[why],

  trouble: (trouble) => (trouble.is === "refused" ? refusedText[trouble.code] : troubleText[trouble.is]),

  touch: {
    hold: (name) => `Halten, um ${isolate(name)} zu berühren`,
    hint: "halte dein Licht, um zu berühren",
    mine: "Du hältst die Hand hin.",
    offered: (name) => `${first(name)} hält die Hand hin. Zum Annehmen halten.`,
    met: "Ihr beide haltet euch.",
    sound: "Ein tiefer Ton beim Berühren",
  },

  feel: {
    open: "Fühlen",
    title: "Wie fühlst du dich?",
    hint: "Die Farbe ist das Gefühl, der Abstand die Stärke. Loslassen sendet.",
    keys: "Links und rechts ändern das Gefühl, auf und ab die Stärke, die Eingabetaste sendet.",
    names: feelings,
    strengths: ["leise", "", "stark"],
    said: (feeling, strength) => (strength === "" ? feeling : `${feeling}, ${strength}`),
    sent: (feeling) => `Gesendet: ${feeling}`,
    other: (name, feeling) => `${first(name)} sendet ${feeling}`,
    middle: "hier loslassen sendet nichts",
  },

  say: {
    open: "Sagen",
    title: (name) => `Worte für ${isolate(name)}`,
    box: "Was du sagen möchtest",
    hint: "Es braucht keine Antwort.",
    fades: "verblasst",
    fadesHint: "weg, eine Minute nachdem es gesehen wurde, hier wie dort, und nicht aufbewahrt",
    carry: "Mit einem Gefühl",
    none: "keines",
    send: "Senden",
    recent: "Vor Kurzem",
    me: "du",
    waiting: "wartet auf das Senden",
    more: (count) => plural(count, { one: "und noch #", other: "und noch #" }),
  },

  refused: (why) => actText[why],

  more: { open: "Mehr", title: "Diese Leitung" },

  between: {
    open: "Zwischen uns",
    title: "Zwischen uns",
    text: "Was ihr beide aufbewahrt habt, auf diesem Gerät. Es gehört euch.",
    nothing: "Noch nichts.",
    newer: "aus einem neueren Beside",
    you: "Du",
    saveTitle: "Mitnehmen",
    saveText: "Auf diesem Gerät gemacht; nichts wird gesendet. Wer die Datei hat, kann alles darin lesen.",
    savePage: "Als Seite speichern",
    saveData: "Als Daten speichern",
    yourName: "Dein Name",
    changeName: "Ändern",
    words: "Sechs Wörter",
    wordsCompared: "verglichen, von Mensch zu Mensch",
    wordsNot: "noch nicht verglichen",
    sound: "Ton",
    lines: "Deine Leitungen",
    ended: "beendet",
    relay: (relay) => `Getragen von ${isolate(relay)}`,
  },

  devices: {
    title: "Deine Geräte",
    text: "Bis zu vier Geräte auf jeder Seite dieser Leitung. Ihr beide seht, wenn eines kommt oder geht.",
    row: (mine, other, theirs) => `du ${isolate(String(mine))}, ${isolate(other)} ${isolate(String(theirs))}`,
    mine: "Deine",
    here: "dieses hier",
    unnamed: "Ein Gerät von dir",
    hereUnnamed: "Dieses Gerät",
    since: (at) => `seit ${at}`,
    newUntil: (at) => `neu bis ${at}: kann andere noch nicht entfernen`,
    hereNew: (at) => `Dieses Gerät ist neu: Bis ${at} kann es andere nicht entfernen, außer eines davon bürgt dafür.`,
    theirs: (name, count, last) => {
      const has = plural(count, { one: `${first(name)} hat # Gerät`, other: `${first(name)} hat # Geräte` });
      if (last === undefined) return `${has}.`;
      return count === 1 ? `${has}, seit ${last}.` : `${has}, das neueste seit ${last}.`;
    },
    add: "Gerät hinzu\u00adfügen",
    opening: "Das Relay wird gebeten, die Tür zu öffnen…",
    addTitle: "Öffne das auf dem neuen Gerät",
    addText: (until) => `Mit der Kamera dort, oder als Link. Das gilt bis ${until} und lässt niemanden von selbst herein: Das tust du hier.`,
    addOver: "Dieser Link ist abgelaufen. Mach einen neuen, wenn das andere Gerät zur Hand ist.",
    addAgain: "Neuen Link machen",
    qr: "QR-Code für dein anderes Gerät",
    link: "Der Link für dein Gerät",
    stop: "Aufhören",
    waiting: "Warten auf dein Gerät",
    waitingHint: "Der Name und drei Wörter erscheinen hier.",
    asks: (name) => `${quote(name)} bittet um Einlass`,
    asksText: "Stehen diese drei Wörter dort auf dem Bildschirm?",
    code: "Drei Wörter zum Vergleichen",
    letIn: "Herein\u00adlassen",
    letInName: (name) => `Hereinlassen: ${quote(name)}`,
    letting: (name) => `${quote(name)} wird hereingelassen…`,
    notMine: "Nicht meins",
    notMineDone:
      "Niemand wurde hereingelassen, und der Link ist jetzt nichts mehr wert. Wer da gebeten hat, hatte den Link gesehen; mach einen neuen, wo nur du hinsiehst.",
    remove: "Entfernen",
    removeName: (name) => `${quote(name)} entfernen`,
    removeTitle: (name) => `${quote(name)} entfernen?`,
    removeText: "Es ist sofort ausgesperrt und erfährt nichts Neues. Was darauf ist, bleibt darauf. Ihr beide erfahrt davon.",
    removeYes: "Ja, entfernen",
    removing: "wird entfernt",
    vouch: "Dafür bürgen",
    vouchName: (name) => `Dafür bürgen: ${quote(name)}`,
    vouchHint: "Dann darf es alles sofort.",
    notice: (notice, who, at) => (notice.who === "me" ? deviceNotices[notice.is].me(notice.name, at) : deviceNotices[notice.is].other(who, at)),
    more: (count) => plural(count, { one: "und noch #", other: "und noch #" }),
    look: "Ansehen",
    asking: "Ein Gerät bittet um Einlass, als eines von deinen.",
  },

  twelve: {
    row: "Zwölf Wörter",
    state: { "to-keep": "noch nicht aufgeschrieben", kept: "nur du hast die Wörter", elsewhere: "nicht auf diesem Gerät" },
    note: "Zwölf Wörter noch nicht aufgeschrieben",
    title: "Zwölf Wörter",
    why: "Wenn alle deine Geräte verloren sind, holen diese Wörter deine Leitungen zurück. Dieses Gerät hat die Wörter gemacht; sobald alle auf Papier stehen, vergisst es alle zwölf.",
    before: "Halte Papier und Stift bereit, und niemand sollte hinter dir stehen.",
    show: "Wörter zeigen",
    paper: "Auf Papier, in dieser Reihenfolge",
    paperText:
      "Niemand wird dich je danach fragen: nicht die andere Person, nicht wer das Relay betreibt, und auch niemand, um zu helfen. Wer diese Wörter hat, kann deinen Platz einnehmen.",
    list: "Deine zwölf Wörter",
    written: "Ich habe alle aufge\u00adschrieben",
    askTitle: "Was steht auf deinem Papier?",
    askText: "Drei davon, damit sich ein Schreibfehler jetzt zeigt.",
    nth: (place) => `Wort ${place}`,
    check: "Das steht da",
    wrong: "Nicht ganz: Mindestens eines ist hier anders. Sieh noch einmal auf dein Papier, oder sieh dir die Wörter noch einmal an.",
    see: "Wörter noch einmal ansehen",
    doneTitle: "Jetzt hast nur du die Wörter",
    doneText: "Von diesem Gerät sind alle zwölf weg. Heb das Papier auf, wo du es ohne jedes Gerät findest, und wo sonst niemand hinsieht.",
    done: "In Ordnung",
    keptText:
      "Du hast die Wörter aufgeschrieben und gezeigt, dass du alle hast. Auf diesem Gerät ist keines mehr; zeigen könnte es die Wörter selbst dann nicht, wenn es wollte.",
    elsewhereText:
      "Dieses Gerät wurde von einem anderen deiner Geräte hinzugefügt und hatte die Wörter nie. Sieh auf deinem Papier nach, oder auf deinem ersten Gerät.",
    unsaved: { full, gone, "not-asked": "Inzwischen wurde in einem anderen Tab danach gefragt. Sieh dir die Wörter noch einmal an." },
  },

  backup: {
    title: "Sicherung",
    at: (age) => `Auf der Leitung gesichert, versiegelt: ${age}.`,
    behind: (age) => `Auf der Leitung gesichert, versiegelt: ${age}. Etwas Neueres ist noch nicht dabei.`,
    never: "Noch nicht auf der Leitung gesichert.",
    neverText: "Das geschieht von selbst, sobald das Relay zu erreichen ist.",
    backingUp: "Wird auf der Leitung gesichert",
    fetching: "Was du aufbewahrt hast, kommt",
    share: (share) => percent.format(share),
  },

  memories: {
    title: "Gespei\u00adcherte Leitungen",
    text: "Hier lässt sich eine Datei lesen, die Beside als Daten gespeichert hat. Alles bleibt auf diesem Gerät, getrennt von deinen Leitungen; nichts wird gesendet.",
    bring: "Gespei\u00adcherte Datei herein\u00adholen",
    bringing: "Die Datei wird gelesen…",
    names: (me, other) => `${isolate(me)} und ${isolate(other)}`,
    count: (count) => plural(count, { one: "# Eintrag", other: "# Einträge" }),
    row: (count, day) => `${count} · hereingeholt am ${day}`,
    lead: (count, day) => `${count}, hereingeholt am ${day}. Zum Lesen, und zu nichts sonst.`,
    remove: "Von diesem Gerät entfernen",
    removeSure: "Die Datei, aus der das kam, bleibt unberührt. Hier entfernen?",
    removeYes: "Ja, entfernen",
    wrong: {
      "not-an-export": "Das ist keine Datei, die Beside als Daten gespeichert hat. So eine heißt bond.json, wenn du den Namen nicht geändert hast.",
      newer: "Diese Datei hat ein neueres Beside gespeichert. Lade diese Seite neu und versuche es noch einmal.",
      "too-big": "Diese Datei ist zu groß, um hier gelesen zu werden.",
      unreadable: "Der Browser konnte diese Datei nicht lesen.",
      full,
      gone,
    },
  },

  earlier: {
    title: "Frühere Leitungen",
    text: (name) =>
      `Eine Leitung, die beendet ist, bleibt beendet. Wenn eine von diesen mit ${isolate(name)} war, kann das hier jede Seite sagen. Haben es beide gesagt, lässt sich hier lesen, was dort aufbewahrt wurde. Davon wird nichts gesendet: Beide haben es schon.`,
    line: (name) => `Mit ${isolate(name)}`,
    since: (day) => `Von dir beendet am ${day}`,
    state: {
      none: () => "",
      mine: (name) => `Du hast es gesagt. Sobald auch ${isolate(name)} es sagt, lässt sich hier lesen, was aufbewahrt wurde.`,
      theirs: (name) => `${first(name)} sagt, dass das die Leitung von euch beiden war.`,
      both: () => "Beide haben es gesagt.",
    },
    say: (name) => `Das war mit ${isolate(name)}`,
    sure: (name) =>
      `${first(name)} sieht dann, dass du es warst auf dieser Leitung, und das bleibt so. Sag es nur, wenn es eure war: Wer sonst davon erfährt, weiß dann, dass du eine andere Leitung hattest.`,
    yes: "Das sagen",
    read: "Lesen, was aufbewahrt wurde",
    readText: "Von einer Leitung, die beendet ist. Zum Lesen, und für nichts sonst.",
  },

  kept: {
    feeling: (feeling) => feeling,
    named: (name) => `den Namen ${isolate(name)} gewählt`,
    gave: (sense) => `begonnen zu geben: ${sense}`,
    gaveRoughly: (sense) => `ungefähr gegeben: ${sense}`,
    stopped: (sense) => `aufgehört zu geben: ${sense}`,
    apart: "eine Weile Abstand genommen",
    apartUntil: (when) => `eine Weile Abstand genommen: ${isolate(when)}`,
    dark: "eine Weile nicht erreichbar",
    back: "zurückgekommen",
    promised: (what) => `versprochen: ${isolate(what)}`,
    promiseExtended: "einem Versprechen eine neue Zeit gegeben",
    promiseKept: "ein Versprechen gehalten",
    promiseWithdrawn: "ein Versprechen zurückgenommen",
    promiseLate: (what) => `ein Versprechen ist überfällig geworden: ${isolate(what)}`,
    promiseOpened: (what) => `ein Versprechen wurde nicht rechtzeitig gehalten, und sein Brief ging auf: ${isolate(what)}`,
    lifeBegan: (what) => `mit einem Lebenszeichen begonnen: ${isolate(what)}`,
    lifeEnded: "das Lebenszeichen beendet",
    page: (me, other) => `${isolate(me)} und ${isolate(other)}`,
    pageText: (day) => `Aus Beside gespeichert am ${day}.`,
  },

  app: {
    version: (version) => `Beside ${isolate(version)}`,
    newer: "Eine neue Version ist da.",
    use: "Jetzt nehmen",
    lasts: "Dieser Browser behält, was hier ist, bis du es entfernst.",
    mayGo:
      "Dieser Browser darf entfernen, was hier ist, wenn auf dem Gerät der Platz ausgeht. Deine zwölf Wörter, oder ein anderes Gerät von dir, holen es zurück.",
    ask: "Bitten, es zu behalten",
    refused: "Der Browser wurde gebeten und verspricht nichts. Ist Beside auf dem Startbildschirm, tun Browser es oft.",
  },

  scan: {
    open: "Code scannen",
    view: "Was die Kamera sieht",
    on: "Kamera an · nichts verlässt dieses Gerät",
    asking: "Der Browser fragt, ob diese Seite die Kamera benutzen darf.",
    looking: "Halte den Code in die Mitte.",
    stop: "Kamera ausschalten",
    saw: {
      join: {
        "other-kind": "Dieser Code fügt ein weiteres eigenes Gerät hinzu. Eine Einladung ist das nicht.",
        "not-ours": "Dieser Code ist keine Einladung zu Beside.",
        incomplete: "Ein Teil dieses Codes war nicht zu lesen. Geh etwas näher heran.",
        newer: invitationFault.newer,
      },
      device: {
        "other-kind": "Dieser Code ist eine Einladung von einer anderen Person. Ein Gerät kommt damit nicht dazu.",
        "not-ours": "Dieser Code ist kein Gerätelink von Beside.",
        incomplete: "Ein Teil dieses Codes war nicht zu lesen. Geh etwas näher heran.",
        newer: invitationFault.newer,
      },
    },
    failed: {
      denied: "Diese Seite darf die Kamera nicht benutzen. Füge den Link unten ein, oder erlaube die Kamera in den Einstellungen des Browsers.",
      none: "Hier gibt es keine Kamera. Füge den Link unten ein.",
      "in-use": "Etwas anderes benutzt gerade die Kamera. Füge den Link unten ein, oder versuche es noch einmal.",
      broken: "Die Kamera hat aufgehört. Füge den Link unten ein, oder versuche es noch einmal.",
    },
    larger: "Code größer zeigen",
    largerTitle: "Lass die andere Person das scannen",
    selected: "Der Link ist ausgewählt. Von dort kannst du kopieren.",
  },

  homeScreen: {
    title: "Zuerst zum Home-Bild\u00adschirm",
    text: {
      begin: "Beside bewahrt alles auf deinem eigenen Gerät auf, und auf iPhone und iPad ist es dort zu Hause.",
      join: "Du wurdest eingeladen. Beside ist auf dem Home-Bildschirm zu Hause: Kopiere die Einladung, zum Mitnehmen.",
      device: "Beside ist auf dem Home-Bildschirm zu Hause: Kopiere den Link deines anderen Geräts, zum Mitnehmen.",
    },
    link: { join: "Die Einladung", device: "Der Link für dieses Gerät" },
    share: "Drücke in der Leiste des Browsers auf „Teilen“.",
    add: "Wähle „Zum Home-Bildschirm“.",
    open: {
      begin: "Öffne Beside von dort und beginne.",
      join: "Öffne Beside von dort, drücke „Ich wurde eingeladen“, und füge ein oder scanne.",
      device: "Öffne Beside von dort, drücke „Dieses Gerät zu meinen hinzufügen“, und füge ein oder scanne.",
    },
    goOn: "Trotzdem hier weiter\u00admachen",
    goOnText: "Dieser Browser darf löschen, was hier aufbewahrt ist, nach sieben Tagen ohne Besuch.",
  },

  abilities: {
    title: "Was dieses Gerät kann",
    text: "Eben auf diesem Gerät gemessen.",
    row: "was es aufbewahrt, und was es nicht kann",
    install: "Beside auf diesem Gerät instal\u00adlieren",
    verdicts: { no: "Gut zu wissen", yes: "Geht hier", unknown: "Nicht zu sagen" },
    lines: {
      keeps: {
        promised: "Der Browser hat versprochen, nicht von selbst zu leeren, was hier aufbewahrt ist.",
        "may-clear": "Der Browser darf leeren, was hier aufbewahrt ist, wenn auf dem Gerät der Platz ausgeht.",
        "seven-days": "Dieser Browser darf löschen, was hier aufbewahrt ist, nach sieben Tagen ohne Besuch. Besser ist Beside auf dem Home-Bildschirm.",
        unknown: "Der Browser sagt nicht, ob hier etwas geleert werden darf.",
      },
      private: { "not-known": "Ob das ein privates Fenster ist, lässt sich nicht messen. So ein Fenster vergisst alles, wenn es geschlossen wird." },
      woken: { no: "Nichts weckt dieses Gerät, solange Beside geschlossen ist: Diese Version sendet keine Mitteilungen." },
      background: { no: "Solange Beside geschlossen ist, wird nichts gesendet oder geholt; beim Öffnen holt es auf." },
      offline: { yes: "Beside öffnet sich auch ohne Verbindung.", no: "Ohne Verbindung öffnet sich diese Seite nicht." },
      installed: { yes: "Beside ist als App installiert.", no: "Beside ist in einem Browser offen, nicht als App installiert." },
      awake: {
        yes: "Der Bildschirm kann an bleiben, während ein Code gezeigt wird.",
        no: "Der Bildschirm kann nicht an bleiben: Dunkel wird es wie sonst auch.",
      },
      sound: { yes: "Beim Berühren kann ein tiefer Ton klingen.", no: "Dieser Browser macht für diese Seite keinen Ton." },
      vibration: {
        yes: "Der Browser kann dieses Gerät beim Berühren vibrieren lassen.",
        no: "Dieser Browser vibriert nicht: Eine Berührung zeigt sich als Licht, und als Ton.",
        unknown: "Der Browser würde vibrieren; ob dieses Gerät etwas dafür hat, lässt sich nicht messen.",
      },
      camera: {
        there: "Hier gibt es eine Kamera, um einen Code zu scannen.",
        none: "Hier gibt es keine Kamera: Ein Link wird eingefügt.",
        denied: "Die Kamera ist auf dieser Seite nicht erlaubt: Ein Link wird eingefügt. Ändern lässt sich das in den Einstellungen des Browsers.",
        unknown: "Ob es eine Kamera gibt, lässt sich auf dieser Seite nicht fragen.",
      },
      battery: {
        yes: "Dieses Gerät kann sagen, dass der Akku fast leer ist, wenn du das gibst.",
        no: "Dieser Browser sagt nicht, wie voll der Akku ist: Davon lässt sich nichts sagen.",
      },
      share: { yes: "Ein Link lässt sich über „Teilen“ weitergeben.", no: "„Teilen“ gibt es hier nicht: Ein Link wird kopiert." },
    },
  },

  hour: {
    there: (clock) => `dort ${isolate(clock)}`,
    both: (clock) => `${isolate(clock)} bei euch beiden`,
    gives: { off: "aus", coarse: "die Uhrzeit", full: "mit grobem Ort" },
  },

  moon: {
    row: "Der Mond",
    rowText: "beide Uhrzeiten, und der Mond über beiden",
    title: "Der Mond",
    text: "Auf diesem Gerät ausgerechnet, aus dem, was ihr beide gegeben habt. Dafür wird niemand gefragt, und es geht ohne Verbindung.",
    me: "Du",
    up: "der Mond steht am Himmel",
    down: "der Mond ist untergegangen",
    noPlace: "kein Ort ist gegeben",
    noHour: "die Uhrzeit ist nicht gegeben",
    both: "Jetzt steht der Mond über euch beiden.",
    next: (at) => `Das nächste Mal über euch beiden: ${at}.`,
    never: "In einem Monat steht der Mond nie über euch beiden.",
    needs: "Für den Mond über beiden braucht es von euch beiden einen groben Ort.",
    coming: "Einen Augenblick…",
    give: "Was du von deiner Uhrzeit gibst",
    giveText: (name) =>
      `Gibst du die Uhrzeit, sieht ${isolate(name)} deine Hälfte des Himmels zu deiner Stunde; mit einem Ort auch unter deiner Sonne und deinem Mond.`,
    place: "Dein grober Ort",
    placeText: "In ganzen Grad, damit es nicht mehr als eine Gegend sagt. Dein Ort verlässt dieses Gerät nur, solange du den Ort gibst.",
    lat: "Grad Nord (Süd ist negativ)",
    lon: "Grad Ost (West ist negativ)",
    save: "Diesen Ort geben",
    here: "Grob, wo dieses Gerät ist",
    notHere: "Dieses Gerät sagt nicht, wo es ist. Gib den Ort selbst ein.",
    wrong: "Bitte Nord von −90 bis 90, Ost von −180 bis 180.",
  },

  settings: {
    language: "Sprache",
    asBrowser: "wie im Browser eingestellt",
    press: "Einmal drücken, um zu halten",
    pressHint: "Dein Licht ist gehalten von einem Druck bis zum nächsten, für Hände, die nicht lange halten können.",
    pressLight: (name) => `${first(name)} berühren: drücken zum Halten, noch einmal drücken zum Loslassen`,
    pressTip: "drück dein Licht, um zu berühren",
    pressOffered: (name) => `${first(name)} hält die Hand hin. Zum Annehmen drücken.`,
  },

  past: {
    saving: "Die Datei wird geschrieben",
    notSaved: "Die Datei wurde nicht geschrieben: Nicht alles, was bewahrt ist, ließ sich lesen. Versuch es noch einmal.",
    list: "Was aufbewahrt wurde, Neuestes zuerst",
    search: "Suchen",
    box: "Wörter, nach denen gesucht wird",
    narrow: "Suche eingrenzen",
    by: "Wer",
    either: "ihr beide",
    withFeeling: "Gefühl",
    anyFeeling: "jedes, oder keines",
    day: "Zu einem Tag gehen",
    wentTo: (day) => `Bei ${day}`,
    looking: (found) => (found === 0 ? "Suche läuft…" : plural(found, { one: "Bis jetzt # gefunden…", other: "Bis jetzt # gefunden…" })),
    found: (found) => plural(found, { one: "# gefunden", other: "# gefunden" }),
    nothing: "Nichts gefunden. Ein Wort wird am Wortanfang gefunden.",
    results: "Was gefunden wurde, Neuestes zuerst",
    inPlace: "Zeigen, wo es gesagt wurde",
  },

  lock: {
    row: "Sperren und verbergen",
    rowState: { on: "eine Sperre ist gesetzt", off: "keine Sperre" },
    title: "Sperren und verbergen",
    text: "Eine Sperre hält verschlossen, was auf diesem Gerät gespeichert ist, auch deine Schlüssel und die zwölf Wörter, bis du öffnest. Das gilt für diesen Browser auf diesem Gerät, und für alle Tabs darin.",
    limits:
      "Die Sperre schützt, wenn dieses Gerät in fremden Händen ist. Nicht schützen kann dich das, wenn jemand dich zwingt zu öffnen, oder wenn feindliche Software auf dem Gerät ist.",
    setTitle: "Eine Sperre setzen",
    setText:
      "Du wählst eine Passphrase und kannst danach einen Passkey dazunehmen: Fingerabdruck, Gesicht oder PIN dieses Geräts, oder einen Schlüssel, den du bei dir trägst. Solange gesperrt ist, wird nichts empfangen, und die andere Person sieht nicht, dass du da bist; was inzwischen kam, kommt, wenn du öffnest.",
    choose: "Eine Passphrase für dieses Gerät",
    chooseHint: "Mindestens acht Buchstaben oder Zeichen; gut sind vier Wörter, die nicht zusammengehören. Die Passphrase wird nie irgendwohin gesendet.",
    again: "Dieselbe noch einmal",
    setGo: "Setzen und sperren",
    ways: "Verlierst du, was öffnet, ist die Leitung nicht verloren: Ein anderes Gerät von dir fügt dieses neu hinzu, und deine zwölf Wörter holen alles zurück. Schreib die Wörter vorher auf.",
    now: "Jetzt sperren",
    after: "Von selbst sperren",
    afters: {
      "at-once": "sobald kein Tab von Beside zu sehen ist",
      "five-minutes": "fünf Minuten danach",
      "one-hour": "eine Stunde danach",
      never: "nie; nur wenn ich es tue",
    },
    opens: "Was öffnet",
    passphrase: "Passphrase",
    changeRow: "ändern",
    passkey: (number) => `Passkey ${number}`,
    addPasskey: "Passkey hinzu\u00adfügen",
    passkeyAdded: "Der Passkey öffnet die Sperre von jetzt an. Die Passphrase auch.",
    removePasskey: "Entfernen",
    removePasskeySure:
      "Dieser Passkey öffnet die Sperre dann nicht mehr. Die Passphrase öffnet weiter. Der Passkey selbst bleibt in der Liste deines Geräts, als „Beside“.",
    removePasskeyYes: "Ja, entfernen",
    passkeyRemoved: "Dieser Passkey öffnet die Sperre nicht mehr.",
    noPasskeys: "Dieser Browser bietet unter dieser Adresse keine Passkeys an.",
    off: "Sperre abnehmen",
    isOff: "Es gibt keine Sperre mehr.",
    changed: "Die neue Passphrase öffnet die Sperre von jetzt an, die alte nicht mehr.",
    newTitle: "Eine neue Pass\u00adphrase",
    newGo: "Diese nehmen",
    change: {
      passphrase: { title: "Pass\u00adphrase ändern", text: "Öffne die Sperre erst noch einmal.", go: "Weiter" },
      passkey: { title: "Passkey hinzu\u00adfügen", text: "Öffne die Sperre erst noch einmal. Dann fragt dein Gerät nach dem neuen Passkey.", go: "Weiter" },
      off: { title: "Sperre abnehmen", text: "Öffne die Sperre noch einmal. Danach kann Beside öffnen, wer dieses Gerät entsperrt hat.", go: "Abnehmen" },
    },
    shutTitle: "Gesperrt",
    shutText: "Solange gesperrt ist, wird hier nichts empfangen, und niemand sieht, dass du da bist.",
    open: "Öffnen",
    usePasskey: "Passkey benutzen",
    trying: "Wird versucht; das dauert mit Absicht einen Augenblick.",
    lost: "Ich kann nicht öffnen",
    lostText:
      "Niemand kann für dich öffnen, und viele Versuche schaden nicht. Deine Leitung ist nicht verloren: Ein anderes Gerät von dir kann dieses neu hinzufügen, oder deine zwölf Wörter holen alles zurück, hier oder auf einem neuen Gerät.",
    lostClear: "Um in diesem Browser neu zu beginnen, lösche in den Einstellungen des Browsers die Daten zu dieser Adresse. Was nur hier war, ist dann weg.",
    wrong: {
      wrong: "Das öffnet nicht. Versuche es noch einmal; es geschieht nichts, wie oft auch immer.",
      "too-short": "Das ist so kurz, dass es zu erraten ist. Bitte mindestens acht Buchstaben oder Zeichen.",
      "not-same": "Die beiden sind nicht gleich. Gib beide noch einmal ein.",
      "not-done": "Der Passkey wurde nicht benutzt. Versuche es noch einmal, oder nimm die Passphrase.",
      cannot: "Dieser Passkey kann anmelden, aber keine Sperre öffnen. Die Passphrase kann es weiterhin.",
      changed: "Die Sperre wurde inzwischen in einem anderen Tab geändert. Sieh noch einmal nach.",
      full,
      gone,
    },
  },

  neutral: {
    title: "Uhr",
    heading: "Eine neutrale Seite",
    text: "Wenn jemand deinen Bildschirm sehen könnte: eine Geste, und stattdessen steht hier eine Uhr, in jedem Tab. Blätter gehen zu, der Ton hört auf, dein Licht wird losgelassen, und die andere Person sieht nicht mehr, dass du da bist. Ist eine Sperre gesetzt, wird auch gesperrt.",
    back: "Zurück kommst du mit derselben Geste, oder wenn du zweimal auf die Uhrzeit drückst. Auf jener Seite steht davon nichts: Merk es dir.",
    armed: "Mit einer Geste verbergen",
    armedHint: "zweimal Escape drücken, oder mit zwei Fingern zugleich tippen, irgendwo",
    now: "Jetzt verbergen",
  },

  senses,
  gives,

  bounds: {
    row: "Grenzen",
    rowText: "was ihr beide gebt",
    title: "Grenzen",
    text: "Ihr beide seht dieselbe Liste, in denselben Worten, und jede Änderung sofort. Ändern lässt sich nur die eigene Seite, jederzeit; aufzuhören braucht keinen Grund.",
    about: {
      presence:
        "ob Beside offen ist, und wie lange schon nicht mehr, in Schritten von fünf Minuten; ungefähr: dass du in der Nähe warst, höchstens einmal in der Stunde",
      feeling: "ein Gefühl, jedes Mal, wenn eines gesendet wird",
      touch: "eine Hand, solange sich eine hinhält",
      thought: "Worte, jedes Mal, wenn welche gesendet werden",
      hour: "wie spät es ist, und dazu ein grober Ort",
      goodbye: "dass der Akku fast leer ist: einmal gesagt, von selbst",
    },
    mine: "Du gibst",
    theirs: (name) => `${first(name)} gibt`,
    until: (at) => `bis ${at}`,
    ends: "Ende",
    endings: { hour: "in einer Stunde", day: "in einem Tag", week: "in einer Woche", usual: "in 30 Tagen, wie sonst", never: "nicht von selbst" },
    letTitle: "Was du herein\u00adlässt",
    letRow: "nur deines, auf einer eigenen Seite",
    letAlone: "Nur deines: Niemand erfährt davon.",
    letText:
      "Still: Es kommt, und nichts klingt, vibriert oder wird markiert. Aus: Es wird beiseitegelegt und liegt gefaltet in „Zwischen uns“, bis du danach fragst. Auf der anderen Seite ändert sich nichts.",
    letIn: (sense) => `Du lässt herein: ${sense}`,
    lets: { on: "an", quiet: "still", off: "aus" },
  },

  pause: {
    row: "Abstand nehmen",
    rowText: "eine Pause, wie du es willst",
    title: "Abstand nehmen",
    text: "Nichts fließt, weder hin noch her, außer dem, was du durchlässt. Was du gibst, bleibt gewählt, wie es ist, und zurückkommen ist ein Druck.",
    tell: "Davon sagen?",
    tells: { yes: (name) => `${first(name)} soll es wissen`, no: () => "Nichts sagen" },
    looks: (name) => `${first(name)} sieht:`,
    looksOff:
      "Es sieht aus wie ein Gerät, das ausgeschaltet ist: erst, als wärst du gegangen, mit der Zeit „nichts gehört seit“. Ein Grund wird nicht genannt, und nichts gesagt, was nicht stimmt.",
    looksSame: "Dort ändert sich nichts: Du zeigst nicht, wann du da bist.",
    promised: "Was du versprochen hast, und ein Lebenszeichen, geht trotzdem weiter.",
    promisedOff:
      "Was du versprochen hast, und ein Lebenszeichen, geht trotzdem weiter: Gehalten oder gegeben zeigt es, dass du da bist; nicht gehalten ist es spät wie immer. Etwa einmal in der Woche lässt deine App das Relay über die nächsten Tage eines Lebenszeichens wachen, und das zeigt, dass die App an ist.",
    comes: (name) => `Was ${isolate(name)} inzwischen sagt, wartet und kommt, wenn du zurück bist.`,
    kind: "Was es ist",
    kinds: { apart: "Zeit für dich", dark: "nicht erreichbar" },
    darkText: "Wo dich nichts erreicht. Du sagst, wann du voraussichtlich zurück bist.",
    ends: "Bis",
    endings: { open: "du zurück\u00adkommst", time: "zu einer Zeit", when: "etwas geschieht" },
    time: "Wann",
    back: "Zurück bis",
    when: "Was erst geschehen muss",
    whenHint: "In deinen eigenen Worten. Nichts fragt dich danach; vorbei ist es, wenn du zurückkommst.",
    passes: "Was trotzdem durchkommt, hin und her",
    passesHint: "Was du selbst sendest, zeigt, dass du da bist.",
    go: "Abstand nehmen",
    me: {
      open: (since) => `Du hältst Abstand, seit ${since}.`,
      time: (until) => `Du hältst Abstand bis ${until}.`,
      when: (when) => `Du hältst Abstand: ${isolate(when)}.`,
      dark: (until) => `Du bist nicht erreichbar bis ${until}.`,
    },
    told: { yes: (name) => `${first(name)} weiß davon.`, no: () => "Niemand weiß davon." },
    nothing: "Nichts fließt.",
    only: (senses) => `Nur das fließt: ${list.format(senses)}.`,
    come: "Zurück\u00adkommen",
    meanwhile: "Du hältst Abstand. Was seitdem kam, zeigt sich, wenn du zurückkommst.",
  },

  history: {
    row: "Verlauf",
    rowText: "was du gegeben hast und deine Geräte, nach Tagen",
    title: "Dein Verlauf",
    text: "Was du gegeben hast, die Pausen, von denen du gesagt hast, und die Geräte von euch beiden: wann, und von welchem Gerät. Es wird nur mehr. Niemand kann es ändern, und niemand kann dir sagen, es sei anders gewesen.",
    order: "Reihenfolge",
    orders: { newest: "Neuestes zuerst", oldest: "Ältestes zuerst" },
    nothing: "Noch nichts.",
    until: (text, until) => `${text}, bis ${until}`,
    by: (device) => `von ${device}`,
    named: (name) => quote(name),
    here: "diesem Gerät",
    device: "einem Gerät von dir",
  },

  aside: {
    folded: (count) =>
      plural(count, { one: "# Sache kam, als du das nicht hereingelassen hast", other: "# Sachen kamen, als du das nicht hereingelassen hast" }),
    show: "Zeigen",
    mark: "nicht hereingelassen",
  },

  promise: {
    tool: "Ver\u00adsprechen",
    title: "Versprechen",
    text: "Was jemand von euch beiden zugesagt hat, bis zu einer Zeit oder bis etwas geschieht. Über eine Zeit wacht das Relay, auch wenn alle Geräte aus sind.",
    none: "Im Moment ist nichts versprochen.",
    mine: "Du hast versprochen",
    theirs: (name) => `${first(name)} hat versprochen`,
    earlier: "Früher",
    new: "Etwas versprechen",
    by: (at) => `bis ${at}`,
    window: (from, to) => `von ${from} bis ${to}`,
    when: (what) => `wenn: ${isolate(what)}`,
    more: (count) => plural(count, { one: "und # mehr", other: "und # mehr" }),
    guarded: (until, relay, checked) => `bewacht bis ${until} von ${isolate(relay)}, geprüft ${checked}`,
    unguarded: (why) => `nicht bewacht: ${why}`,
    why: {
      stopped: "die Leitung hat angehalten, und was das Relay davon hat, ist nicht bekannt",
      "not-there": "das Relay hat es noch nicht",
      "older-turn": "das Relay hat es noch so, wie es vorher war",
      "not-checked": "vom Relay war fünf Minuten nichts zu hören",
      canary: "die Wache des Relays läuft nicht",
      clock: "die Uhr des Relays und die dieses Geräts stimmen nicht überein",
      aside: "das Relay konnte es nicht ausführen und hat es beiseitegelegt",
      lost: "das Relay hat es vergessen; ein Gerät auf der Seite, die es versprach, legt es neu an",
      "not-what-was-sealed": "das Relay hat etwas anderes, als versiegelt wurde",
      silent: "das Relay hätte sich längst melden müssen",
      lifted: "das Relay sagt, es sei aufgehoben",
      fired: "das Relay sagt, es sei vorbei",
      "no-part-here": "kein Gerät hier kann darüber wachen",
      refused: "das Relay hat es nicht genommen; es wird wieder versucht",
    },
    notYet: "noch nicht beim Relay",
    unanswered: (at) => `die Frist (${at}) ist vorbei, und das Relay hat nicht geantwortet`,
    unansweredNote: (at) => `es sollte um ${at} aufgehen, und das Relay hat nicht geantwortet`,
    spoke: {
      early: "das Relay hat zu früh gesprochen: Nichts geht vor der Zeit auf",
      superseded: "überholt: Das Relay sprach von einer früheren Zeit davon",
    },
    down: (from, to) => `das Relay war nicht da, von ${from} bis ${to}`,
    soon: (minutes) => `noch ${length(minutes)}`,
    remind: (what, at) => `Bald fällig: ${isolate(what)} · ${at}`,
    late: (at) => `überfällig seit ${at}`,
    opens: (at) => `der Brief geht auf um ${at}`,
    released: (at) => `nicht rechtzeitig gehalten; geöffnet um ${at}`,
    kept: (at) => `gehalten · ${at}`,
    is: { open: "offen; nichts fragt danach", kept: "gehalten", withdrawn: "zurückgenommen" },
    keep: "Gehalten",
    keepLong: "Ich habe es gehalten",
    look: "Ansehen",
    read: "Lesen, was versiegelt war",
    readFarewell: "Den Abschied lesen",
    noteOf: "Was versiegelt war",
    farewellOf: "Der Abschied",
    layAside: "Beiseitelegen",
    layAsideHint: "Es verlässt das Feld dieses Geräts und bleibt hier. Niemand erfährt davon.",
    quietText: "Es gibt eine stille Ansicht dessen, was ihr beide aufbewahrt habt: da, wenn du willst. Nichts ändert sich von selbst.",
    ladder: (name, late) => `Wird es nicht gehalten, erfährt ${isolate(name)} es um ${late}, mit diesen Worten.`,
    ladderMine: (late) => `Wird es nicht gehalten, erfährst du es um ${late}.`,
    ladderNote: (opens) => `Der versiegelte Brief geht um ${opens} auf.`,
    extend: "Mehr Zeit",
    extendBy: { 30: "30 Minuten mehr", 60: "eine Stunde mehr", 1440: "einen Tag mehr" },
    set: "Diese Zeit setzen",
    withdraw: "Zurücknehmen",
    withdrawSure: "Auf beiden Seiten steht dann, dass es zurückgenommen wurde. Danach ist nichts überfällig, und kein Brief geht auf.",
    withdrawYes: "Ja, zurücknehmen",
    say: "Ich verspreche",
    sayHint: "In deinen Worten. Genau die werden gesagt, wenn es überfällig ist.",
    until: "Bis",
    untils: {
      hour: "in einer Stunde",
      tonight: (at) => `heute Abend, ${at}`,
      tomorrow: (at) => `morgen, ${at}`,
      time: "zu einer Zeit",
      when: "etwas geschieht",
    },
    time: "Wann",
    what: "Was vorher geschehen muss",
    whatHint: "Nichts fragt danach, und von selbst wird es nie gebrochen. Du sagst, wann es gehalten ist.",
    grace: "Wenn ich zu spät bin, es sagen",
    graces: (minutes) => (minutes === 0 ? "sofort" : `nach ${length(minutes)}`),
    note: "Einen Brief dazu versiegeln",
    noteHint: (name) => `${first(name)} kann den Brief nur lesen, wenn du so lange überfällig bist, wie du hier wählst.`,
    noteBox: "Der Brief",
    release: "Wenn ich zu spät bin, geht der Brief auf",
    releases: (minutes) => `nach ${length(minutes)}`,
    farewell: "Auch ein Abschied…",
    farewellSure:
      "Ein Abschied geht als Letztes auf, lange nach dem Brief. Bis dahin lässt sich das noch anhalten; einmal offen, lässt sich nichts mehr zurückholen. Entscheide das getrennt vom Brief: Willst du einen?",
    farewellYes: "Ja, einen schreiben",
    farewellWaits: (at) => `Der Abschied geht um ${at} auf.`,
    farewellStop: "Den Abschied anhalten",
    farewellStopped: "Du hast den Abschied angehalten.",
    farewellBox: "Der Abschied",
    farewellAfter: "Wenn der Brief offen ist, geht der Abschied auf",
    farewellNot: "Kein Abschied",
    holds: "Was das hält, und was nicht",
    holdsText: (relay) =>
      `Es hält auch, wenn dieses Gerät aus ist. Dein Gerät versiegelt den Brief: ${isolate(relay)} bewahrt den Brief und hat keinen Schlüssel; auf der anderen Seite ist der Schlüssel und kein Brief.`,
    limitsBoth: (name, relay) => `Wenn ${isolate(name)} und wer ${isolate(relay)} betreibt zusammenarbeiten, lässt sich der Brief vor der Zeit öffnen.`,
    limitsRelay: (name) => `Wenn ${isolate(name)} das Relay betreibt, ist das schon so.`,
    limitsWoken: (name) =>
      `Nichts weckt ein Gerät, solange Beside dort geschlossen ist: ${isolate(name)} sieht, dass es überfällig ist, und du die Erinnerung, wenn Beside offen ist.`,
    limitsPress: "Wenn dich jemand zwingt, „Gehalten“ zu drücken, ist es gehalten, und nichts geht auf.",
    arm: "Versprechen",
    done: "Fertig",
    ask: "Um ein Versprechen bitten",
    askBox: "Was du gern hören würdest",
    askHint: "Das kann leer bleiben. Es geht höchstens einmal in der Stunde und braucht keine Antwort.",
    askGo: "Bitten",
    askAgain: (at) => `Gebeten. Noch einmal geht es ab ${at}.`,
    asked: (name) => `${first(name)} bittet um ein Versprechen.`,
    spoken: (name, what, standing) => `${first(name)}: ${isolate(what)} · ${standing}`,
  },

  life: {
    row: "Lebenszeichen",
    rowText: { off: "ein Druck am Tag, und was sonst geschieht", on: "du gibst jeden Tag eines" },
    title: "Lebenszeichen",
    text: (name) =>
      `Jeden Tag, in einem Fenster, das du wählst, drückst du einmal: heute, ja. Sonst geht nichts hinaus. Ohne das erfährt es ${isolate(name)}, und ein Brief geht auf, wenn du einen versiegelt hast.`,
    words: "Was es sagt",
    usual: "alles ist gut",
    from: "Von",
    to: "Bis",
    go: "Beginnen",
    here: "Ich bin da",
    open: (until) => `Das Fenster ist offen bis ${until}. Ein Druck genügt.`,
    next: (from, to) => `Das nächste Fenster: ${from} bis ${to}.`,
    coming: "Die Fenster sind auf dem Weg zum Relay.",
    ahead: (count) => plural(count, { one: "# Fenster im Voraus ist beim Relay.", other: "# Fenster im Voraus sind beim Relay." }),
    left: (count) => `läuft aus: noch ${count} Fenster`,
    few: "Das ist wenig: Neue entstehen, während ein Gerät der Seite, die es gibt, offen ist und das Relay antwortet.",
    days: "Ein freier Tag",
    daysText: (name) => `${first(name)} sieht es. An diesem Tag ist nichts überfällig.`,
    off: (day) => `frei · ${day}`,
    offSure: (day) => `Am ${day} ist dann kein Zeichen fällig.`,
    offYes: "Ja, ein freier Tag",
    end: "Das Lebenszeichen beenden",
    endSure: (name) => `${first(name)} sieht, dass es beendet ist. Nichts ist mehr überfällig, und der Brief geht nie auf.`,
    endYes: "Ja, beenden",
    theirs: (name) => `${first(name)} gibt ein Lebenszeichen`,
    daily: (from, to) => `Jeden Tag, von ${from} bis ${to}.`,
    dailyThere: (from, to) => `Jeden Tag, dort von ${from} bis ${to}.`,
  },

  ending: {
    row: "Diese Leitung beenden",
    rowText: "allein, sofort, ohne Grund",
    title: "Diese Leitung beenden",
    text: "Jede Seite kann das, allein, sofort und ohne einen Grund.",
    hide: "Jetzt verbergen",
    hideText: "Dann steht hier eine Uhr; zweimal darauf drücken bringt dich zurück.",
    happens: "Was geschieht",
    first: "Was du gibst, hört zuerst auf: Von da an wird nichts von dir gesendet.",
    sees: (name) => `${first(name)} sieht, dass du beendet hast: keine Zeit und keinen Grund. Bis das Relay es weiß, sieht die Leitung dort aus wie zuvor.`,
    waits: (count) =>
      count === 0
        ? "Was noch auf das Senden wartet, wird nicht gesendet."
        : plural(count, {
            one: "# Sache wartet noch auf das Senden und wird nicht gesendet.",
            other: "# Sachen warten noch auf das Senden und werden nicht gesendet.",
          }),
    promises: (count) =>
      plural(count, {
        one: "# Versprechen läuft noch. Es wird aufgehoben: nicht mehr bewacht, und kein Brief davon geht auf.",
        other: "# Versprechen laufen noch. Alle werden aufgehoben: nicht mehr bewacht, und kein Brief davon geht auf.",
      }),
    kept: "Was ihr beide aufbewahrt habt, bleibt auf beiden Seiten. Du kannst es lesen, und speichern.",
    again: "Diese Leitung öffnet sich nie wieder. Eine neue beginnt mit einer neuen Einladung.",
    removed:
      "Dieses Gerät wurde von der Leitung entfernt, deshalb kann es nichts für euch beide beenden. Nur hier ist dann Schluss, und niemand erfährt davon. Um die Leitung für beide zu beenden, nimm ein anderes deiner Geräte, oder komm mit deinen zwölf Wörtern zurück.",
    limits:
      "Das schützt dich nicht auf einem Handy, das noch jemand benutzt, und nicht, wenn dich jemand zwingt zu drücken. Wenn du Angst hast vor dem, was danach kommt, sprich erst mit einem Menschen, dem du vertraust, von einem Gerät, das nur deines ist.",
    wipe: "Dann auch von diesem Gerät nehmen",
    wipeText:
      "Was aufbewahrt war, ist dann hier weg, sofort. Wenn du es später brauchen könntest, auch als Beweis, speichere es vorher: „Zwischen uns“, „Mitnehmen“. Andere Geräte behalten, was dort ist; eine Datei, die du gespeichert hast, bleibt.",
    now: "Jetzt beenden",
    sure: "Die Leitung endet jetzt, und für immer.",
    yes: "Beenden",
    later: "Später beenden",
    laterText:
      "Zu einer Zeit, die du wählst. Bis dahin ändert sich nichts, und niemand erfährt davon. Das erste Gerät von dir, das dann offen ist, beendet die Leitung.",
    at: "Wann",
    set: "Diese Zeit setzen",
    wrong: "Bitte eine Zeit, die noch kommt.",
    planned: (at) => `Diese Leitung endet von selbst: ${at}. Das steht hier, und nirgends sonst.`,
    off: "Doch nicht beenden",
    quiet: "Oder nur bewahren",
    quietText: (name) =>
      `Eine stille Ansicht dessen, was ihr beide aufbewahrt habt, für die Zeit, in der ${isolate(name)} nicht mehr zurückkommt. Das Letzte ist gekennzeichnet. Nichts bittet um etwas, und nichts spricht an Stelle eines anderen. Nichts endet, und niemand erfährt davon; was du gibst, geht weiter wie bisher.`,
    quietGo: "Die stille Ansicht wählen",
  },

  ended: {
    title: "Diese Leitung ist beendet",
    me: "Du hast die Leitung beendet.",
    other: (name) => `${first(name)} hat die Leitung beendet. Nichts wird mehr gesendet, und nichts kommt mehr.`,
    kept: "Was du aufbewahrt hast, bleibt hier, solange du willst.",
    since: (at) => `Hier beendet: ${at}`,
    told: (name) => `Das Relay weiß es. ${first(name)} sieht es, sobald sich dort ein Gerät verbindet.`,
    untold: "Hier beendet; das Relay weiß es noch nicht.",
    untoldText: (name) => `Bis dahin sieht ${isolate(name)} die Leitung wie zuvor. Inzwischen wird nichts von dir gesendet außer diesem Wort, sobald es geht.`,
    meHere: "Du hast die Leitung auf diesem Gerät beendet.",
    cannot: {
      unknown: "Hier beendet. Das Relay kennt diese Leitung nicht.",
      removed: "Nur auf diesem Gerät beendet.",
    },
    cannotText: {
      unknown: "Dort ist nichts mehr, was enden könnte: Niemand kann diese Leitung öffnen oder darauf etwas sagen.",
      removed:
        "Es wurde vorher von der Leitung entfernt, und das Relay nimmt von dort nichts mehr an. Um die Leitung für beide zu beenden, nimm ein anderes deiner Geräte, oder komm mit deinen zwölf Wörtern zurück.",
    },
    ways: "Was du tun kannst",
    wipe: "Von diesem Gerät nehmen",
    wipeSure: "Was von dieser Leitung aufbewahrt war, ist dann hier weg, sofort. Wenn du es später brauchen könntest, auch als Beweis, speichere es vorher.",
    wipeYes: "Wegnehmen",
    wiped: "Von dieser Leitung ist nichts mehr auf diesem Gerät, außer dass es ein Ende gab.",
    wipedText: "Das Relay muss es noch erfahren. Dann geht auch das.",
    wipedUnknown: "Das Relay kennt diese Leitung nicht. Nach einem Tag wird es noch einmal gefragt; dann geht auch das.",
    rest: "Auch das sofort wegnehmen",
    restSure: (name) =>
      `Dann erfährt das Relay es nicht von diesem Gerät: Wenn es auch kein anderes von dir erzählt, sieht ${isolate(name)} die Leitung wie zuvor.`,
    restYes: "Wegnehmen, ungesagt",
    anew: "Eine neue Leitung beginnen",
    taken: (name) =>
      `Wieder mit ${isolate(name)} auf einer anderen Leitung? Dort, bei „Zwischen uns“, ist unter „Frühere Leitungen“ der Ort, an dem ihr beide aufnehmen könnt, was hier aufbewahrt ist.`,
    quiet: "Die stille Ansicht",
  },

  keeping: {
    title: (name) => `Was du bewahrt hast: ${isolate(name)} und du`,
    words: "Die letzten Worte",
    feeling: "Das letzte Gefühl",
    leave: "Die stille Ansicht verlassen",
  },
};
