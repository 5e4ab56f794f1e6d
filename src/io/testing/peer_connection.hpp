#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "io/testing/script.hpp"

struct ssl_st;
struct ssl_ctx_st;

namespace plumb::io::testing {

/// What all connections of a peer write down, and what ends their waiting.
struct PeerLog {
    mutable std::mutex mutex;
    std::condition_variable changed;
    bool is_stopping = false;
    int connections = 0;
    int handshakes = 0;
    std::vector<PeerRequest> requests;
    std::vector<PeerFrame> frames;
};

/// One accepted socket, blocking, with or without TLS. Each function is false or empty when the client has
/// gone.
class PeerConnection {
 public:
    PeerConnection(int socket, int number, PeerLog& log);
    ~PeerConnection();
    PeerConnection(const PeerConnection&) = delete;
    PeerConnection& operator=(const PeerConnection&) = delete;

    bool begin_tls(ssl_ctx_st* context);
    bool write(std::string_view bytes);
    bool read_request();
    bool read_frame();
    bool wait(Duration duration);  // false: the peer is stopping
    /// Whether something can be read (the client's going too) before `at_most` passed.
    bool can_read(Duration at_most) const;
    void stall();
    void close();
    void cut();
    void reset();
    void interrupt();  // from another thread: every read and write fails from now on

    const PeerRequest& last_request() const { return request_; }
    const PeerFrame& last_frame() const { return frame_; }

 private:
    bool fill();
    bool fill_to(std::size_t count);

    int socket_;
    int number_;
    PeerLog& log_;
    ssl_st* ssl_ = nullptr;
    std::string buffer_;  // read and not used yet
    PeerRequest request_;
    PeerFrame frame_;
    std::mutex socket_mutex_;  // of the descriptor, against interrupt()
};

}  // namespace plumb::io::testing
