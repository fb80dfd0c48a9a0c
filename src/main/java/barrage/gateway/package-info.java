/** Netty: WebSocket, HTTP, pages, and the fan-out to sockets. */
@NullMarked
package barrage.gateway;

import org.jspecify.annotations.NullMarked;
