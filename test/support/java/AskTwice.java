import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Asks a gateway by GET and by POST as a Java program does that sets no version: each request offers h2c. */
class AskTwice {
  public static void main(String[] args) throws Exception {
    var client = HttpClient.newHttpClient();
    var get = HttpRequest.newBuilder(URI.create(args[0] + "?query=%7B__typename%7D")).build();
    var post =
        HttpRequest.newBuilder(URI.create(args[0]))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"query\":\"{ __typename }\"}"))
            .build();
    for (var request : new HttpRequest[] {get, post}) {
      var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      System.out.println(answer.statusCode() + " " + answer.body());
    }
  }
}
