import Testing

@testable import Fleet

@Suite struct EndpointTests {
    struct Case: Sendable {
        let target: String
        let environment: String?
    }

    @Test(arguments: [
        Case(target: "www.prod2.example.f.nchr.io", environment: "prod2"),
        Case(target: "WWW.Prod2.Example.F.nchr.io.", environment: "prod2"),
        Case(target: "admin.prod.example.f.nchr.io", environment: "prod"),
        Case(target: "adminssh.prod.example.f.nchr.io", environment: "prod"),
        Case(target: "solr.prod.example.f.nchr.io", environment: "prod"),
        Case(target: "*.www.prod.example.f.nchr.io", environment: "prod"),
        Case(target: "shop.www.prod.example.f.nchr.io", environment: "prod"),
        Case(target: "www.c341606.prod.example.f.nchr.io", environment: "prod"),
        Case(target: "prod.example.f.nchr.io", environment: "prod"),
        Case(target: "www.example.f.nchr.io", environment: nil),
        Case(target: "aux.example.f.nchr.io", environment: nil),
        Case(target: "mail.prod.example.f.nchr.io", environment: nil),
        Case(target: "example.f.nchr.io", environment: nil),
        Case(target: "f.nchr.io", environment: nil),
        Case(target: "www..example.f.nchr.io", environment: nil),
        Case(target: "www.prod.example.f.nchr.io.evil.com", environment: nil),
        Case(target: "www.prod.example.xf.nchr.io", environment: nil),
        Case(target: "www.bestpants.com", environment: nil),
        Case(target: "192.0.2.7", environment: nil),
        Case(target: "2001:db8::1", environment: nil),
        Case(target: "prod2", environment: nil),
        Case(target: "", environment: nil),
        Case(target: ".", environment: nil),
    ])
    func `a hostname belongs to the environment in it`(_ item: Case) {
        #expect(Endpoint.environment(of: item.target) == item.environment)
    }
}
