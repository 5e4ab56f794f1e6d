#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "io/testing/scripted_peer.hpp"

namespace plumb::live::testing {

/// The server's side of the account's own stream: a WebSocket over TLS on loopback that greets with
/// "welcome" and then sends the lines it is told to, the same lines as in answers. May be used from any
/// thread.
class PlainStream {
 public:
    PlainStream();

    io::Endpoint endpoint() const { return peer_.endpoint(); }

    /// One frame for each line, to the connection that is up; lost when none is, as at any venue.
    void tell(const std::vector<std::string>& lines);
    /// Cuts the connection off, without a word, and refuses new ones with status 503 until let_in().
    void drop();
    /// `first` runs for each connection before it is greeted, on a thread of the server; may be empty.
    void let_in(std::function<void()> first = {});
    int accepted() const { return accepted_; }  // connections that were greeted so far

 private:
    bool serve(io::testing::PeerConnection& connection);

    std::mutex mutex_;
    std::function<void()> first_;
    std::vector<std::string> waiting_;  // for the connection that is up
    int up_ = 0;                        // its number, from 1; 0: none
    bool refuses_ = false;
    std::atomic<int> accepted_ = 0;
    io::testing::ScriptedPeer peer_;  // last: its threads use the rest
};

}  // namespace plumb::live::testing
