#pragma once

#include <string>
#include <string_view>

namespace plumb::io {

/// `message` as permessage-deflate sends it when each message is compressed by itself (RFC 7692, 7.2.1 with
/// no_context_takeover): raw deflate without the four bytes at its end that say nothing. zlib's fastest
/// level: about 10 ns a byte. Its memory (256 KiB) is made once for each thread.
std::string deflate_message(std::string_view message);

}  // namespace plumb::io
