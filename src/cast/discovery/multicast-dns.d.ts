/** The part of multicast-dns 7 that is used; it brings no types. */
declare module 'multicast-dns' {
  import type { EventEmitter } from 'node:events';

  interface Record {
    name: string;
    type: string;
    ttl?: number;
    flush?: boolean;
    data?: unknown;
  }

  interface Packet {
    questions?: { name: string; type: string }[];
    answers?: Record[];
    additionals?: Record[];
  }

  interface MulticastDns
    extends EventEmitter<{
      response: [packet: Packet, from: { address: string; port: number }];
      query: [packet: Packet, from: { address: string; port: number }];
      error: [error: Error];
      warning: [error: Error];
      ready: [];
    }> {
    query(questions: { name: string; type: string }[], done?: (error?: Error | null) => void): void;
    respond(answer: Packet, done?: (error?: Error | null) => void): void;
    destroy(done?: () => void): void;
  }

  export default function multicastDns(options?: {
    /** Address of the interface that is sent from and listened at; absent: the system's choice, and all. */
    interface?: string;
    bind?: string;
    reuseAddr?: boolean;
  }): MulticastDns;
}
