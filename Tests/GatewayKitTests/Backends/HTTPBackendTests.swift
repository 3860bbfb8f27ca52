import Foundation
import Testing

@testable import GatewayKit

extension BackendTests {
  @Suite("HTTP backends: the official SDK's server")
  struct HTTPServers {
    @Test(
      "the era is found out and the catalog read",
      arguments: ["legacy", "modern", "both"], [[], ["--json-response"]])
    func catalog(eras: String, options: [String]) async throws {
      let server = try await PeerServer.start("peer", ["--eras", eras] + options)
      let scene = BackendScene(try .http(server.url))
      let view = try await scene.up()
      #expect(view.eras == [eras == "legacy" ? .legacy : .modern])
      #expect(view.versions == [eras == "legacy" ? "2025-11-25" : "2026-07-28"])
      let catalog = try #require(view.catalog)
      #expect(catalog.tools.map(\.name).prefix(3) == ["echo", "add", "slow"])
      #expect(catalog.prompts.map(\.name) == ["greet", "survey"])
      #expect(catalog.resources.map(\.uri) == ["peer://about"])
      #expect(catalog.templates.map(\.uri) == ["peer://items/{item}"])
      #expect(catalog.serverInfo?["name"] == "peer")
      #expect(catalog.instructions == "peer is a peer for tests.")
      #expect(view.lastError == nil && view.nextTry == nil)
      #expect(view.latency != nil)
      let stats = try server.stats()
      #expect(stats["sessionsMade"] == stats["sessionsDeleted"])
      await scene.stop()
      await server.stop()
    }

    @Test("a session that opens at a modern backend proves that it speaks both eras")
    func bothEras() async throws {
      let server = try await PeerServer.start("peer")
      let scene = BackendScene(try .http(server.url))
      try await scene.up()
      let client = ClientIdentity(
        info: ["name": "c", "version": "1"], capabilities: ["roots": [:]])
      let session = try await scene.backend.openSession(client: client, version: .v2025_06_18)
      #expect(session.version == .v2025_06_18)
      #expect(session.id?.isEmpty == false)
      #expect(session.result["serverInfo"]?["name"] == "peer")
      #expect(scene.set.views[0].eras == [.legacy, .modern])
      try await scene.backend.refreshCatalog()
      #expect(scene.set.views[0].eras == [.legacy, .modern])
      try await scene.backend.closeSession(session)
      #expect(try server.stats()["sessionsDeleted"] == 1)
      await scene.stop()
      await server.stop()
    }

    @Test("a modern backend alone says so when a session is asked for")
    func modernOnly() async throws {
      let server = try await PeerServer.start("peer", "--eras", "modern")
      let scene = BackendScene(try .http(server.url))
      try await scene.up()
      let error = await #expect(throws: BackendError.self) {
        try await scene.backend.openSession(client: .gateway, version: .newestLegacy)
      }
      guard case .otherEra(_, .modern) = try #require(error) else {
        Issue.record("it is \(String(describing: error))")
        return
      }
      #expect(scene.set.views[0].eras == [.modern])
      await scene.stop()
      await server.stop()
    }

    @Test("an HTTP+SSE server that does not know the path is down with a hint at that")
    func hintsAtThePath() async throws {
      let sse = try await PeerServer.start("peer", "--transport", "sse")
      var wrong = try BackendConfiguration.http("\(sse.url)/nothing")
      wrong.useEventStream()
      let scene = BackendScene(wrong)
      let view = try await scene.view { $0.state == .down }
      #expect(
        view.lastError?.contains("status 404 and not with an event stream; is the path of its")
          == true, "\(view.lastError ?? "")")
      await scene.stop()
      await sse.stop()
    }

    @Test("a server that takes to HTTP+SSE, and one that leaves it, is found again")
    func changesTransport() async throws {
      let sse = try await PeerServer.start("peer", "--transport", "sse")
      let scene = BackendScene(try .http(sse.url))
      var view = try await scene.up()
      #expect(view.configuration.transport == .sse(url: try BackendURL(sse.url), headers: []))
      #expect(view.eras == [.legacy] && view.catalog?.tools.first?.name == "echo")
      #expect(try await scene.call("echo", ["text": "a"]).last?.toolAnswer == "a")

      await sse.stop()
      try await scene.view { $0.state == .down }
      let port = "\(try Wire.port(of: sse.url))"
      let http = try await PeerServer.start("peer", "--eras", "modern", "--port", port)
      view = try await scene.up()
      #expect(view.configuration.transport == .http(url: try BackendURL(http.url), headers: []))
      #expect(view.eras.contains(.modern) && view.catalog?.tools.first?.name == "echo")

      await http.stop()
      let again = try await PeerServer.start("peer", "--transport", "sse", "--port", port)
      await scene.set.apply([try .http(sse.url)])
      try await scene.backend.refreshCatalog()
      view = try await scene.view { $0.configuration.isolatesSessions }
      #expect(view.state == .up)
      // What the file says is the same as ever: nothing is begun anew.
      let backend = try scene.backend
      await scene.set.apply([try .http(sse.url)])
      #expect(try scene.backend === backend)
      await scene.stop()
      await again.stop()
    }

    @Test("a backend without sessions is known as such")
    func sessionless() async throws {
      let server = try await PeerServer.start("peer", "--eras", "legacy", "--stateless")
      let scene = BackendScene(try .http(server.url))
      #expect(try await scene.up().isSessionless)
      await scene.stop()
      await server.stop()
    }

    @Test("the configured credential is sent, and its absence is named")
    func credential() async throws {
      let server = try await PeerServer.start("peer", "--require-token", "s3cret-token")
      let header = BackendHeader(name: "Authorization", value: "Bearer s3cret-token")
      let scene = BackendScene([
        try .http(server.url, name: "without"),
        try .http(server.url, name: "with", headers: [header]),
      ])
      let refused = try await scene.view { $0.state == .down }
      #expect(refused.lastError?.contains("refuses the gateway's credential") == true)
      #expect(refused.eras.isEmpty)
      while scene.set.views[1].state == .starting { try await Task.sleep(for: .milliseconds(5)) }
      #expect(scene.set.views[1].state == .up)
      #expect(!scene.lines.contains { $0.contains("s3cret") })
      await scene.stop()
      await server.stop()
    }

    @Test("a backend that ends goes down, and comes up again when it is back on the same port")
    func comesBack() async throws {
      let first = try await PeerServer.start("peer")
      let scene = BackendScene(try .http(first.url))
      let before = try await scene.up()
      await first.kill()
      try scene.backend.recordFailure(.unreachable("test"))
      let down = try await scene.view { $0.state == .down }
      #expect(down.lastError?.contains("connection refused") == true)
      #expect(down.nextTry != nil)
      #expect(down.catalog == before.catalog)
      let port = try Wire.port(of: first.url)
      let second = try await PeerServer.start("peer", "--port", "\(port)")
      let up = try await scene.up()
      #expect(up.since > down.since && up.lastError == nil)
      await scene.stop()
      await second.stop()
    }
  }
}

extension BackendTests {
  @Suite("HTTP backends: TLS")
  struct TLS {
    /// A certificate for localhost, signed by itself.
    private func certificate() async throws -> (certificate: String, key: String) {
      let directory = try Place.temporaryDirectory()
      let files = (certificate: "\(directory)/cert.pem", key: "\(directory)/key.pem")
      let (code, _, error) = try await Program.run(
        "/usr/bin/openssl",
        [
          "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
          "-keyout", files.key, "-out", files.certificate, "-days", "2", "-subj", "/CN=localhost",
          "-addext", "subjectAltName=DNS:localhost",
        ])
      guard code == 0 else { throw ProgramFailure("openssl: \(error)") }
      return files
    }

    private func set(trusting file: String?, _ url: String) throws -> BackendSet {
      BackendSet(
        [try .http(url)], environment: file.map { ["SSL_CERT_FILE": $0] } ?? [:],
        logger: .init(label: "test"))
    }

    private func settled(_ set: BackendSet) async throws -> BackendView {
      set.start()
      while set.views[0].state == .starting { try await Task.sleep(for: .milliseconds(5)) }
      defer { Task { await set.stop() } }
      return set.views[0]
    }

    @Test("https works where the authority is named in SSL_CERT_FILE, and only there")
    func trust() async throws {
      let files = try await certificate()
      let server = try await PeerServer.start("peer", "--tls", files.certificate, files.key)
      let trusted = try await settled(set(trusting: files.certificate, server.url))
      #expect(trusted.state == .up, "\(trusted.lastError ?? "")")
      let untrusted = try await settled(set(trusting: nil, server.url))
      #expect(untrusted.lastError?.contains("is not trusted") == true)
      #expect(untrusted.lastError?.contains("SSL_CERT_FILE") == true)
      await server.stop()
    }

    @Test("a certificate for another name is refused")
    func otherName() async throws {
      let files = try await certificate()
      let server = try await PeerServer.start("peer", "--tls", files.certificate, files.key)
      let url = server.url.replacing("localhost", with: "127.0.0.1")
      let view = try await settled(set(trusting: files.certificate, url))
      #expect(view.state == .down)
      #expect(view.lastError?.contains("is for another name") == true, "\(view.lastError ?? "")")
      await server.stop()
    }

    @Test("https towards a port that speaks plain HTTP says so")
    func plain() async throws {
      let server = try await PeerServer.start("peer")
      let url = server.url.replacing("http://", with: "https://")
      let view = try await settled(set(trusting: nil, url))
      #expect(view.lastError?.contains("does not speak TLS") == true, "\(view.lastError ?? "")")
      await server.stop()
    }

    @Test("a SSL_CERT_FILE that cannot be used is named")
    func badFile() throws {
      let directory = try Place.temporaryDirectory()
      try Data("no certificate".utf8).write(to: URL(filePath: "\(directory)/bad.pem"))
      #expect(BackendTLS.problem(in: [:]) == nil)
      for file in ["\(directory)/bad.pem", "\(directory)/missing.pem"] {
        let problem = try #require(BackendTLS.problem(in: ["SSL_CERT_FILE": file]))
        #expect(problem.contains(file))
        #expect(BackendTLS.configuration(["SSL_CERT_FILE": file]).additionalTrustRoots.isEmpty)
      }
    }
  }
}
