#include "io/testing/script.hpp"

#include <openssl/evp.h>
#include <zlib.h>

#include "base/check.hpp"
#include "io/testing/peer_connection.hpp"

namespace plumb::io::testing {
namespace {

std::string compress(std::string_view payload, int window_bits, int flush) {
    z_stream stream{};
    PLUMB_CHECK(deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) ==
                Z_OK);
    std::string out(deflateBound(&stream, payload.size()) + 64, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(payload.data()));
    stream.avail_in = static_cast<uInt>(payload.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int status = deflate(&stream, flush);
    PLUMB_CHECK(status == (flush == Z_FINISH ? Z_STREAM_END : Z_OK));
    out.resize(out.size() - stream.avail_out);
    deflateEnd(&stream);
    return out;
}

std::string accept_for(const std::string& key) {
    const std::string text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    unsigned char digest[20];
    unsigned char base64[32];
    PLUMB_CHECK(EVP_Digest(text.data(), text.size(), digest, nullptr, EVP_sha1(), nullptr) == 1);
    const int size = EVP_EncodeBlock(base64, digest, sizeof digest);
    return {reinterpret_cast<const char*>(base64), static_cast<std::size_t>(size)};
}

bool echo_frame(PeerConnection& peer) {
    const PeerFrame& frame = peer.last_frame();
    if (frame.opcode == 9) return peer.write(frame_bytes(10, frame.payload));
    if (!peer.write(frame_bytes(frame.opcode, frame.payload, frame.is_final ? 0x80 : 0))) return false;
    return frame.opcode != 8;
}

}  // namespace

std::string http_answer(int status, std::string_view body, std::string_view more_headers) {
    return "HTTP/1.1 " + std::to_string(status) + " Scripted\r\n" + std::string{more_headers} +
           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string{body};
}

std::string upgrade_answer(const PeerRequest& request, std::string_view more_headers) {
    const std::string* key = request.find("Sec-WebSocket-Key");
    if (!key) return {};
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Accept: " +
           accept_for(*key) + "\r\n" + std::string{more_headers} + "\r\n";
}

std::string frame_bytes(int opcode, std::string_view payload, int first_bits) {
    std::string bytes{static_cast<char>(first_bits | opcode)};
    const std::size_t size = payload.size();
    if (size < 126) {
        bytes += static_cast<char>(size);
    } else if (size < 65536) {
        bytes += {char{126}, static_cast<char>(size >> 8), static_cast<char>(size)};
    } else {
        bytes += char{127};
        for (int shift = 56; shift >= 0; shift -= 8) bytes += static_cast<char>(size >> shift);
    }
    return bytes.append(payload);
}

std::string deflated(std::string_view payload) {
    std::string bytes = compress(payload, -15, Z_SYNC_FLUSH);
    PLUMB_CHECK(bytes.ends_with(std::string_view{"\x00\x00\xff\xff", 4}));
    bytes.resize(bytes.size() - 4);
    return bytes;
}

std::string gzipped(std::string_view payload) { return compress(payload, 16 + 15, Z_FINISH); }

Script& Script::step(Step step) {
    steps_.push_back(std::move(step));
    return *this;
}

Script& Script::then_tls() {
    before_tls_ = std::move(steps_);
    steps_.clear();
    return *this;
}

Script& Script::expect_request() {
    return step([](PeerConnection& peer) { return peer.read_request(); });
}

Script& Script::send(std::string bytes) {
    return step([bytes = std::move(bytes)](PeerConnection& peer) { return peer.write(bytes); });
}

Script& Script::send_slowly(std::string bytes, Duration between_bytes) {
    return step([bytes = std::move(bytes), between_bytes](PeerConnection& peer) {
        for (const char& byte : bytes)
            if (!peer.write({&byte, 1}) || !peer.wait(between_bytes)) return false;
        return true;
    });
}

Script& Script::answer(std::function<std::string(const PeerRequest&)> make_bytes) {
    return step([make_bytes = std::move(make_bytes)](PeerConnection& peer) {
        return peer.write(make_bytes(peer.last_request()));
    });
}

Script& Script::serve(std::function<std::string(const PeerRequest&)> make_bytes) {
    return step([make_bytes = std::move(make_bytes)](PeerConnection& peer) {
        while (peer.read_request()) {
            const std::string bytes = make_bytes(peer.last_request());
            if (bytes.empty() || !peer.write(bytes)) return false;
        }
        return false;
    });
}

Script& Script::accept_websocket(std::string more_headers, std::string early_bytes) {
    return step([more = std::move(more_headers), early = std::move(early_bytes)](PeerConnection& peer) {
        if (!peer.read_request()) return false;
        const std::string answer = upgrade_answer(peer.last_request(), more);
        return !answer.empty() && peer.write(answer + early);
    });
}

Script& Script::send_close(std::uint16_t code, std::string_view reason) {
    std::string payload{static_cast<char>(code >> 8), static_cast<char>(code)};
    return send(frame_bytes(8, payload.append(reason)));
}

Script& Script::expect_frame() {
    return step([](PeerConnection& peer) { return peer.read_frame(); });
}

Script& Script::echo() {
    return step([](PeerConnection& peer) {
        while (peer.read_frame())
            if (!echo_frame(peer)) return true;
        return false;
    });
}

Script& Script::swallow() {
    return step([](PeerConnection& peer) {
        while (peer.read_frame()) {
        }
        return false;
    });
}

Script& Script::wait(Duration duration) {
    return step([duration](PeerConnection& peer) { return peer.wait(duration); });
}

Script& Script::stall() {
    return step([](PeerConnection& peer) { return peer.stall(), true; });
}

Script& Script::close() {
    return step([](PeerConnection& peer) { return peer.close(), false; });
}

Script& Script::cut() {
    return step([](PeerConnection& peer) { return peer.cut(), false; });
}

Script& Script::reset() {
    return step([](PeerConnection& peer) { return peer.reset(), false; });
}

}  // namespace plumb::io::testing
