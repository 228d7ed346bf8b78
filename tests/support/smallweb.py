"""A small web: every name answers over HTTP and HTTPS with a feed of its own.

"/" is a page that names the feed, "*.opml" a list of one, the rest the feed.
Usage: smallweb.py ADDRESS CERT KEY.  Prints "ready" once both ports listen.
"""
import http.server
import ssl
import sys
import threading
from xml.sax.saxutils import escape


class Feed(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        host = escape(self.headers.get("Host", "nobody").split(":")[0])
        path = escape(self.path)
        if path == "/":
            self.answer("text/html", (
                f"<title>{host}</title><link rel='alternate' "
                f"type='application/rss+xml' href='/feed.xml'>"))
        elif path.endswith(".opml"):
            self.answer("text/x-opml", (
                f"<opml version='2.0'><body><outline type='rss' "
                f"text='Of the list' xmlUrl='https://{host}/feed.xml'/>"
                f"</body></opml>"))
        else:
            self.answer("application/rss+xml", self.feed(host, path))

    def feed(self, host, path):
        items = "".join(
            f"<item><title>News {n} of {host}</title>"
            f"<link>https://{host}{path}#{n}</link>"
            f"<guid isPermaLink='false'>{host}{path}{n}</guid>"
            f"<pubDate>Mon, 0{n} Jun 2026 10:00:00 GMT</pubDate>"
            f"<description>&lt;p&gt;Word {n}.&lt;/p&gt;</description></item>"
            for n in range(1, 4))
        return (f"<rss version='2.0'><channel><title>{host}</title>"
                f"<link>https://{host}/</link>{items}</channel></rss>")

    def answer(self, kind, text):
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


address, cert, key = sys.argv[1:]
plain = http.server.ThreadingHTTPServer((address, 80), Feed)
secure = http.server.ThreadingHTTPServer((address, 443), Feed)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(cert, key)
secure.socket = context.wrap_socket(secure.socket, server_side=True)
threading.Thread(target=plain.serve_forever, daemon=True).start()
print("ready", flush=True)
secure.serve_forever()
