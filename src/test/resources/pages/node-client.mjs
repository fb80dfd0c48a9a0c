/**
 * A viewer in Node: `node --experimental-websocket node-client.mjs SDK SERVER TOKEN-IN`. Says what
 * it hears, a line each. Node's own WebSocket takes its headers in another place than `ws`.
 */
const [sdk, server, tokenIn] = process.argv.slice(2);
const { Barrage } = await import(sdk);

class WithHeaders extends WebSocket {
  constructor(url, protocols, { headers } = {}) {
    super(url, { protocols, headers });
  }
}

const room = new Barrage({ room: 'demo', server, token: 'a.b.c', tokenIn, WebSocket: WithHeaders });
room.on('danmaku', ({ seq, text }) => console.log(`danmaku ${seq} ${text}`));
room.on('connection', ({ phase, code }) => phase === 'stopped' && console.log(`stopped ${code}`));
room.connect();
console.log(`said ${(await room.say('hi')).seq}`);
const refusal = await room.buy('s1').catch((error) => error);
console.log(`${refusal.name} ${refusal.code}`);
