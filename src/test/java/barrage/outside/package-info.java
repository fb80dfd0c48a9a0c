/**
 * The server from outside: its jar as a process of its own, spoken to over its ports. Written from
 * the protocol's description and sharing no code with the server. What it says is held to the
 * documents that it publishes.
 */
package barrage.outside;
