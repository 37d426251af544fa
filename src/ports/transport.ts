/**
 * One connection to a relay: whole binary messages, in order, or an end. The engine reconnects; an adapter only
 * carries. A closed connection says nothing about why: close codes prove nothing.
 */
export interface Connection {
  /** Queues the message; drops it silently once closed. */
  send(message: Uint8Array): void;
  close(): void;
}

export interface ConnectionHandlers {
  opened(): void;
  message(message: Uint8Array): void;
  /** Exactly once, also when it never opened. */
  closed(): void;
}

export interface Transport {
  /** `origin` is the relay's web origin; the line's socket is `/line` below it, over TLS when the origin is https. */
  connect(origin: string, handlers: ConnectionHandlers): Connection;
}
