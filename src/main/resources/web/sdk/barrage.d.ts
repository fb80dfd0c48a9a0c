/** Types of barrage.js, kept by hand beside it. Times are Unix milliseconds, money minor units. */

export type Tier = 'regular' | 'silver' | 'gold' | 'diamond';
export type Role = 'viewer' | 'moderator' | 'streamer' | 'service' | 'admin';
export type Mode = 'scroll' | 'top' | 'bottom';

/** One's own membership of the room. */
export interface Viewer {
  id: string;
  name: string;
  role: Role;
  tier: Tier;
  points: number;
  growth: number;
}

/** What each tier needs and gives, lowest first. */
export interface TierTerms {
  tier: Tier;
  growth: number;
  pointsFactor: number;
  earlyAccessMs: number;
  slowModeFactor: number;
}

export interface Settings {
  slowModeMs: number;
  membersOnly: boolean;
  minTier: Tier;
  silenced: boolean;
}

export interface Danmaku {
  type: 'danmaku';
  /** `null`: not kept. */
  seq: number | null;
  at: number;
  viewer: { id: string; name: string; tier: Tier };
  /** Absent, with `mode` and `color`, once it is deleted. */
  text?: string;
  mode?: Mode;
  color?: string;
  deleted?: true;
}

export type OrderStatus =
  | 'reserved'
  | 'paid'
  | 'expired'
  | 'cancelled'
  | 'refunded'
  | 'refund_due';

export interface Order {
  id: string;
  sale: string;
  viewer: string;
  quantity: number;
  amountCents: number;
  currency: string;
  status: OrderStatus;
  payBy: number;
}

/** A sale as it was scheduled; a snapshot adds how it stands. */
export interface Sale {
  id: string;
  title: string;
  priceCents: number;
  currency: string;
  stock: number;
  opensAt: number;
  endsAt: number;
  perViewerLimit: number;
  earlyAccessMs: Partial<Record<Tier, number>>;
  earlyUnits: number;
  reserve?: { minTier: Tier; units: number; forMs: number };
  payMs: number;
  state?: 'scheduled' | 'open' | 'ended';
  /** Why it has ended. */
  reason?: 'sold_out' | 'time' | 'cancelled';
  available?: number;
  heldForTier?: number;
  reserved?: number;
  paid?: number;
}

/** A lottery as it was opened; a snapshot adds how it stands. */
export interface Lottery {
  id: string;
  title: string;
  prizes: { name: string; count: number }[];
  entry: 'click' | 'keyword' | 'likes';
  keyword?: string;
  minLikes?: number;
  conditions: { minTier?: Tier; minPoints?: number; costPoints?: number };
  weights?: Partial<Record<Tier, number>>;
  commitment: string;
  locksAt: number;
  state?: 'open' | 'locked' | 'drawn' | 'cancelled';
  entered?: boolean;
  entries?: number;
  entriesHash?: string;
  seed?: string;
  winners?: Winner[];
}

export interface Winner {
  viewer: string;
  name: string;
  prize: string;
}

/**
 * Something that is open, scheduled or just over, of any kind: its fields are those of its kind, and
 * `mine` is what is this viewer's of it. Pass over kinds that you do not know.
 */
export interface Active {
  kind: string;
  id: string;
  mine?: Record<string, unknown>;
  [field: string]: unknown;
}

/** The room as it is: what `welcome` and `resync` carry. */
export interface Snapshot {
  room: string;
  /** `null` for an anonymous watcher. */
  viewer: Viewer | null;
  epoch: number;
  seq: number;
  /** What was missed follows as events; `recent` is empty. */
  resumed: boolean;
  serverTime: number;
  heartbeatMs: number;
  online: number;
  likes: number;
  settings: Settings;
  tiers: TierTerms[];
  lotteries: Lottery[];
  sales: Sale[];
  active: Active[];
  orders: Order[];
  recent: Danmaku[];
}

/** A poll; `counts` are there while it is open only where `results` are live. */
export interface Ballot {
  id: string;
  form: 'poll';
  title: string;
  options: string[];
  opensAt: number;
  closesAt: number;
  choices: number;
  change: boolean;
  results: 'live' | 'after';
  conditions?: { minTier?: Tier; minPoints?: number };
  weights?: Record<Tier, number>;
  points: number;
  state: 'open' | 'closed' | 'cancelled';
  counts?: number[];
  voters?: number;
  receiptsHash?: string;
}

/** A red packet, as it is told when it is made. */
export interface PacketCard {
  id: string;
  title: string;
  reward: { points: number };
  count: number;
  mode: 'draw' | 'grab';
  split: 'lucky' | 'equal';
  conditions: { minTier?: Tier; minPoints?: number; watchedMs?: number; said?: boolean };
  commitment: string;
  opensAt: number;
  endsAt: number;
}

/** Who got the most of a red packet. */
export interface PacketBest {
  viewer: string;
  name: string;
  amount: number;
}

/** A red packet as it stands; the last four once it is over. */
export interface Packet extends PacketCard {
  state: 'scheduled' | 'open' | 'locked' | 'ended' | 'cancelled';
  left: number;
  entered: number;
  entriesHash?: string;
  claimed?: number;
  returned?: number;
  best?: PacketBest | null;
  seed?: string;
}

/** What the protocol tells, by type. */
export interface Messages {
  welcome: Snapshot & { type: 'welcome' };
  resync: Snapshot & { type: 'resync' };

  danmaku: Danmaku;
  'danmaku.deleted': { type: 'danmaku.deleted'; seq: number; target: number };
  likes: { type: 'likes'; total: number };
  online: { type: 'online'; count: number };
  shed: { type: 'shed'; class: 'danmaku'; count: number; windowMs: number };
  'room.settings': { type: 'room.settings'; seq: number; settings: Settings };
  /** In the place of an event whose record is damaged. */
  unreadable: { type: 'unreadable'; seq: number };

  'sale.scheduled': { type: 'sale.scheduled'; seq: number; sale: Sale };
  'sale.opened': { type: 'sale.opened'; seq: number; sale: string };
  'sale.ended': {
    type: 'sale.ended';
    seq: number;
    sale: string;
    reason: 'sold_out' | 'time' | 'cancelled';
  };
  'sale.stock': { type: 'sale.stock'; sale: string; available: number; heldForTier: number };

  'lottery.opened': { type: 'lottery.opened'; seq: number; lottery: Lottery };
  'lottery.locked': {
    type: 'lottery.locked';
    seq: number;
    lottery: string;
    entries: number;
    entriesHash: string;
  };
  'lottery.drawn': {
    type: 'lottery.drawn';
    seq: number;
    lottery: string;
    seed: string;
    winners: Winner[];
  };
  'lottery.cancelled': { type: 'lottery.cancelled'; seq: number; lottery: string; seed: string };

  'ballot.opened': { type: 'ballot.opened'; seq: number; ballot: Ballot };
  'ballot.tally': { type: 'ballot.tally'; ballot: string; counts: number[]; voters: number };
  'ballot.closed': {
    type: 'ballot.closed';
    seq: number;
    ballot: string;
    counts: number[];
    voters: number;
    receiptsHash: string;
  };
  'ballot.cancelled': { type: 'ballot.cancelled'; seq: number; ballot: string };

  'packet.scheduled': { type: 'packet.scheduled'; seq: number; packet: PacketCard };
  'packet.opened': { type: 'packet.opened'; seq: number; packet: PacketCard };
  'packet.left': { type: 'packet.left'; packet: string; left: number; entered: number };
  'packet.locked': {
    type: 'packet.locked';
    seq: number;
    packet: string;
    entries: number;
    entriesHash: string;
  };
  'packet.ended': {
    type: 'packet.ended';
    seq: number;
    packet: string;
    seed: string;
    claimed: number;
    returned: number;
    best: PacketBest | null;
  };
  'packet.cancelled': {
    type: 'packet.cancelled';
    seq: number;
    packet: string;
    seed: string;
    claimed: number;
    returned: number;
    best: PacketBest | null;
  };
  'packet.got': { type: 'packet.got'; packet: string; amount: number };

  points: {
    type: 'points';
    delta: number;
    points: number;
    growth: number;
    tier: Tier;
    reason: string;
  };
  order: { type: 'order'; order: Order };
  'lottery.entered': { type: 'lottery.entered'; lottery: string; weight: number };
  'lottery.won': { type: 'lottery.won'; lottery: string; prize: string };
  /** `untilAt` −1: for good. */
  muted: { type: 'muted'; untilAt: number };
  goaway: { type: 'goaway'; reconnectAfterMs: number };
}

/** What a client says, by type; `request` adds the `id`, and `like` has none. */
export interface ClientMessages {
  danmaku: { text: string; mode?: Mode; color?: string };
  like: { total: number };
  'sale.buy': { sale: string; quantity?: number };
  'lottery.enter': { lottery: string };
  'order.cancel': { order: string };
  'ballot.vote': { ballot: string; options: number[] };
  'packet.open': { packet: string };
  me: {};
  ping: {};
}

/** What `on` can listen for. */
export interface Events extends Messages {
  /** Every message of the protocol but answers, in one stream. */
  message: Messages[keyof Messages];
  /** The room as it is, at first and whenever what was missed can no longer be told. */
  snapshot: Messages['welcome'] | Messages['resync'];
  connection: Connection;
}

/** How the connection stands: `waiting` for the next try, `stopped` for good. */
export interface Connection {
  phase: 'idle' | 'connecting' | 'live' | 'waiting' | 'stopped';
  /** The close code that led here. */
  code?: number;
  /** When it tries again, by this machine's clock. */
  retryAt?: number;
}

/** The protocol's codes, and two of this client's: `timeout` (no answer in time), `closed`. */
export type ErrorCode =
  | 'bad_request'
  | 'too_large'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'rate_limited'
  | 'slow_mode'
  | 'duplicate_text'
  | 'blocked_text'
  | 'muted'
  | 'members_only'
  | 'not_open'
  | 'ended'
  | 'sold_out'
  | 'limit_reached'
  | 'tier_required'
  | 'already_entered'
  | 'not_eligible'
  | 'insufficient_points'
  | 'wrong_state'
  | 'conflict'
  | 'busy'
  | 'unavailable'
  | 'timeout'
  | 'closed';

/** Why a request was not granted. */
export class BarrageError extends Error {
  constructor(
    refusal: { code: ErrorCode; message?: string; retryAfterMs?: number; opensAt?: number },
    request?: { id?: string; unsure?: boolean },
  );
  readonly name: 'BarrageError';
  readonly code: ErrorCode;
  readonly id?: string;
  readonly retryAfterMs?: number;
  /** With `not_open`: when it opens for this viewer. */
  readonly opensAt?: number;
  /** It may have been granted all the same; the same `id` settles it. */
  readonly unsure: boolean;
}

export interface Options {
  room: string;
  /** None: an anonymous watcher. */
  token?: string | null;
  /** http(s) or ws(s) address; default: where the page came from. */
  server?: string;
  /** As a subprotocol, which is all that browsers can (the default), or as `Authorization`. */
  tokenIn?: 'subprotocol' | 'header';
  /**
   * Asked once when the token is refused: a new one, `null` to go on as an anonymous watcher,
   * `undefined` to stop.
   */
  renewToken?: (refused: string | null) => Promise<string | null | undefined>;
  /** Default: the browser's, or Node's from 22 on; in Node 20 that of the package `ws`. */
  WebSocket?: new (url: string, protocols: string[], options?: any) => any;
  /** Time and chance, replaced in tests. */
  system?: {
    now(): number;
    random(): number;
    setTimeout(run: () => void, ms: number): any;
    clearTimeout(timer: any): void;
  };
}

/** How a request is made. */
export interface Asked {
  /** Of an earlier try whose outcome is unknown. */
  id?: string;
  /** Gives up after it; default 30 s. */
  withinMs?: number;
}

export class Barrage extends EventTarget {
  constructor(options: Options);
  readonly connection: Connection;
  /** Now by the server's clock, for countdowns. */
  serverNow(): number;
  /** Calls `listener` with each event of a type; what it returns ends that. */
  on<T extends keyof Events>(type: T, listener: (event: Events[T]) => void): () => void;
  /** Connects, or cuts a pause short, but not the one for flooding. Else does nothing. */
  connect(): void;
  /** Connects anew as someone else; what was asked before and not answered is refused. */
  signIn(token: string | null): void;
  /** Leaves for good; `connect` comes back. */
  close(): void;
  /** Sends a danmaku; `seq: null`: seen by some, not kept. */
  say(
    text: string,
    asked?: Asked & { mode?: Mode; color?: string },
  ): Promise<{ seq: number | null }>;
  buy(sale: string, asked?: Asked & { quantity?: number }): Promise<Order>;
  /** Gives a reserved order back. */
  cancelOrder(order: string, asked?: Asked): Promise<Order>;
  /** Enters a lottery by a click. */
  enter(lottery: string, asked?: Asked): Promise<{ weight: number; entries: number }>;
  /** This viewer as the store has them after every earlier `ok`. */
  me(asked?: Asked): Promise<Viewer>;
  /** Counts taps; they are told a few times a second. */
  like(taps?: number): void;
  /** Sends any request and repeats it under the same id until it is answered. */
  request<T extends Exclude<keyof ClientMessages, 'like'>>(
    type: T,
    fields?: ClientMessages[T],
    asked?: Asked,
  ): Promise<any>;
}
