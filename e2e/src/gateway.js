// Asking an app's origin for something without being anybody.
import http from "node:http";

/** Asks for a WebSocket without a cookie; answers with the status and every byte of the body. */
export function upgradeWithout(port, host, path) {
  return new Promise((resolve, reject) => {
    const request = http.request({
      host: "127.0.0.1",
      port,
      path,
      headers: {
        Host: `${host}:${port}`,
        Origin: `http://${host}:${port}`,
        Connection: "Upgrade",
        Upgrade: "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
      },
    });
    request.on("error", reject);
    request.on("upgrade", (answer, socket) => {
      socket.destroy();
      resolve({ status: answer.statusCode, body: "" });
    });
    request.on("response", (answer) => {
      let body = "";
      answer.setEncoding("utf8");
      answer.on("data", (part) => (body += part));
      answer.on("end", () => resolve({ status: answer.statusCode, body }));
    });
    request.end();
  });
}
